import { describe, expect, test } from '@jest/globals';
import { noArgs } from '../../../src/features/commands/command.ts';
import { commands } from '../../../src/features/commands/commands.ts';
import { faultsOf } from '../../support/markdown-shape.ts';
import { environmentOf, settingsOf } from './facts.ts';

describe('every command', () => {
  test.each(commands.map((command) => [command.name, command] as const))(
    '%s has a usage that begins with its name',
    (name, command) => {
      expect(command.usage.split(' ')[0]).toBe(name);
      expect(command.text).toMatch(/^[A-Z].*\.$/);
      expect(faultsOf(command.text, 300)).toEqual([]);
    },
  );

  test.each([
    ['approve', []],
    ['approve', ['a', 'b']],
    ['deploy', []],
    ['allow', ['data-loss']],
    ['allow', ['No Rule!', 'x']],
    ['check', ['x']],
    ['retry', ['a', 'b']],
    ['rollback', []],
    ['rollback', ['a', 'b', 'c']],
    ['heal', ['3']],
    ['adopt', []],
    ['resume', ['a', 'b']],
  ])('%s refuses the words %j', (name, words) => {
    expect(commands.find((command) => command.name === name)?.parse(words)).toMatchObject({ ok: false });
  });

  test('asks of whom it should', () => {
    const teams = settingsOf('enforce', environmentOf({ approvals: { count: 1, teams: ['acme/sre'] } }));
    const who = (name: string, settings = teams): unknown => {
      const command = commands.find((one) => one.name === name);
      const parsed = command?.parse(['prod']);
      if (command === undefined || parsed?.ok !== true) return null;
      return [command.role(settings, parsed.args), ...command.teams(settings, parsed.args)];
    };

    expect(who('approve')).toEqual(['read', 'acme/sre']);
    expect(who('approve', settingsOf('enforce', environmentOf()))).toEqual(['write']);
    expect(who('deploy')).toEqual(['write']);
    expect(who('pause')).toEqual(['write']);
    expect(commands.find(({ name }) => name === 'allow')?.role(teams, noArgs)).toBe('maintain');
  });

  test('on an issue: only help, status, heal and adopt', () => {
    expect(commands.filter(({ on }) => on.includes('issue')).map(({ name }) => name)).toEqual([
      'help',
      'status',
      'heal',
      'adopt',
    ]);
  });
});
