import { describe, expect, test } from '@jest/globals';
import { commands } from '../../../src/features/commands/commands.ts';
import { helpOf } from '../../../src/features/commands/gather.ts';
import { helpText } from '../../../src/gitops/report/answers.ts';
import { defaultSettings } from '../../../src/model/settings.ts';
import { expectGolden } from '../../support/golden.ts';

describe('help', () => {
  const help = helpOf({ commands, settings: defaultSettings });

  test('reads as the golden file, on a pull and on the drift board', () => {
    expectGolden('help.md', `${helpText(help, 'pull')}\n\n${helpText(help, 'issue')}\n`);
  });

  test('lists every command there is', () => {
    const text = helpText(help, 'pull') + helpText(help, 'issue');

    expect(commands.filter(({ usage }) => !text.includes(`/fairlead ${usage}`))).toEqual([]);
  });
});
