import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseCommands } from '../../../src/features/commands/parse.ts';
import { createCommandParser } from '../../../src/features/commands/parser.ts';

const typed = (body: string): readonly string[] => parseCommands(body).map(({ text }) => text);

describe('a command is read', () => {
  test.each([
    ['alone', '/fairlead approve prod', ['approve prod']],
    ['in any case of its name', '/FairLead Approve prod', ['Approve prod']],
    [
      'with Windows line ends and spaces behind',
      '/fairlead approve prod  \r\n/fairlead status\t\r\n',
      ['approve prod', 'status'],
    ],
    ['after a tab', '/fairlead\tstatus', ['status']],
    ['on the second line of a paragraph', 'thanks!\n/fairlead check', ['check']],
    ['between paragraphs', 'one\n\n/fairlead check\n\ntwo', ['check']],
    ['after a little indentation', '   /fairlead check', ['check']],
    ['after a fold that is closed', '<details>\n\nx\n\n</details>\n\n/fairlead check', ['check']],
    ['after a line break tag', 'thanks<br>\n/fairlead check', ['check']],
    ['without a verb', '/fairlead', ['help']],
  ])('%s', (_title, body, expected) => {
    expect(typed(body)).toEqual(expected);
  });

  test('with verb in lower case and words without code spans', () => {
    expect(parseCommands('/fairlead Explain `Deployment shop/web`')).toEqual([
      { verb: 'explain', words: ['Deployment', 'shop/web'], text: 'Explain `Deployment shop/web`', fault: null },
    ]);
  });
});

describe('no command is read', () => {
  test.each([
    ['in a fence', '```\n/fairlead approve prod\n```'],
    ['in a fence that is never closed', '~~~\n/fairlead approve prod'],
    ['in indented code', 'x\n\n    /fairlead approve prod'],
    ['in a code span over lines', '`\n/fairlead approve prod\n`'],
    ['in a quote', '> /fairlead approve prod'],
    ['in the lazy line of a quote', '> somebody said\n/fairlead approve prod'],
    ['in a list', '- /fairlead approve prod'],
    ['in the lazy line of a list', '- x\n/fairlead approve prod'],
    ['in a heading', '# x\n/fairlead approve prod\n==='],
    ['in a table', '| a |\n|---|\n/fairlead approve prod'],
    ['in a comment', '<!--\n/fairlead approve prod\n-->'],
    ['in a comment that is never closed', '<!--\n\n/fairlead approve prod'],
    ['in HTML', '<div>\n/fairlead approve prod\n</div>'],
    ['in a fold', '<details><summary>x</summary>\n\n/fairlead approve prod\n\n</details>'],
    ['in a fold that another element seems to close', '<details>\n\n</div>\n\n/fairlead approve prod'],
    ['in a fold opened within a line', 'see <details>\n\n/fairlead approve prod'],
    ['in a quote element', '<blockquote>\n\n/fairlead approve prod\n\n</blockquote>'],
    ['in an element of the same paragraph', 'x <del>\n/fairlead approve prod\n</del>'],
    ['in a link text', '[x\n/fairlead approve prod\n](https://a.example)'],
    ['in a footnote', '[^1]: x\n\n    /fairlead approve prod\n\n[^1]'],
    ['in the middle of a line', 'please /fairlead approve prod'],
    ['in struck-out text', '~~x\n/fairlead approve prod~~'],
    ['behind a backslash', '\\/fairlead approve prod'],
    ['of another name', '/fairleader approve prod\n/approve'],
    ['in a very long text', `/fairlead approve prod\n\n${'x'.repeat(70_000)}`],
  ])('%s', (_title, body) => {
    expect(typed(body)).toEqual([]);
  });
});

describe('a comment', () => {
  test('has at most ten commands; the rest is told, not done', () => {
    const commands = parseCommands(Array(13).fill('/fairlead check').join('\n'));

    expect(commands.slice(0, 10).every(({ fault }) => fault === null)).toBe(true);
    expect(commands.slice(10)).toMatchObject([{ verb: '', fault: expect.stringContaining('3 were left out') }]);
  });

  test('has commands of at most a thousand characters', () => {
    expect(parseCommands(`/fairlead hold ${'x'.repeat(1_000)}`)).toMatchObject([
      { verb: '', fault: expect.stringContaining('at most 1000') },
    ]);
  });

  test('of any shape gives lines of its own text only', () => {
    const piece = fc.constantFrom(
      '/fairlead check',
      '\n',
      '\r\n',
      '> ',
      '- ',
      '```',
      '`',
      '<details>',
      '</details>',
      '<!--',
      '-->',
      '    ',
      '#',
      '|',
      '~~',
      '[',
      '](x)',
      'word',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 40 }),
        (pieces) => {
          const lines = pieces
            .join('')
            .split(/[\r\n]/)
            .map((line) => line.trim());

          const read = parseCommands(pieces.join('')).filter(({ fault }) => fault === null);

          for (const { text } of read) expect(lines).toContain(text === 'help' ? '/fairlead' : `/fairlead ${text}`);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the parser in a worker', () => {
  const parser = createCommandParser();
  afterAll(() => parser.close());

  test('reads what the plain one reads', async () => {
    const body = 'x\n\n/fairlead approve prod\n\n> /fairlead deploy prod';

    expect(await parser.parse(body, AbortSignal.timeout(20_000))).toEqual(parseCommands(body));
  });

  test('gives up on text that takes too long, and reads the next comment', async () => {
    const hasty = createCommandParser(100);
    const slow = `/fairlead check\n\n${'[a](<b'.repeat(10_000)}`;

    await expect(hasty.parse(slow, AbortSignal.timeout(20_000))).rejects.toMatchObject({ code: 'worker-timeout' });
    expect(await hasty.parse('/fairlead check', AbortSignal.timeout(20_000))).toHaveLength(1);
    await hasty.close();
  });
});
