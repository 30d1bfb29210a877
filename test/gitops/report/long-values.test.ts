import { describe, expect, test } from '@jest/globals';
import { changeBlock, changeFields } from '../../../src/gitops/report/change-text.ts';
import { documentChanges } from '../../../src/gitops/report/document-diff.ts';
import { changedLines, inlineValue } from '../../../src/gitops/report/values.ts';
import type { Json } from '../../../src/model/json.ts';
import { fieldOf, objectOf, targetOn, updateOf } from './review-of.ts';

const columns = { before: 'Live', after: 'After merge' };
const config = (before: Json, after: Json) =>
  updateOf(targetOn('prod-eu'), objectOf('ConfigMap', 'web'), fieldOf(['data', 'app.yaml'], before, after));
const yaml = (port: number, name = 'web'): string =>
  `# settings\nserver:\n  port: ${port}\nhosts:\n  - name: ${name}\n    ip: 1\n`;

describe('a document inside a value', () => {
  test('is compared place by place, its lists by name, and its lines folded below', () => {
    const text = changeBlock(config(yaml(80), `${yaml(81)}  - name: api\n    ip: 2\n`), columns);

    expect(text).toContain('| `data["app.yaml"] › server.port` | `80` | `81` |');
    expect(text).toContain('| `data["app.yaml"] › hosts[name=api]` | `—` | `{"name":"api","ip":2}` |');
    expect(text).not.toContain('name=web');
    expect(text).toMatch(/<details><summary>Unified diff \(\d+ lines\)<\/summary>\n\n```diff\n/);
    expect(text).toContain('-  port: 80\n+  port: 81');
  });

  test('whose values begin alike does not look unchanged', () => {
    const text = (end: string): string => `a: 1\nb: ${'word '.repeat(60)}${end}\n`;

    expect(changeBlock(config(text('x'), text('y')), columns)).toMatch(
      /› b` \| `(word ?)+ …` \| `(word ?)+ …`, another end \|/,
    );
  });

  test('that says the same in other words is told so', () => {
    const { text } = changeFields(config('{"a":1,\n"b":[2]}', 'b:\n- 2\n\na: 1\n'), columns);

    expect(text).toContain('the same content written differently');
  });

  test.each<[string, Json, Json]>([
    ['prose', 'Dear reader,\nnote: this is', 'Dear reader,\nnote: that is - no : yaml: at all'],
    ['one line', 'a: 1', 'a: 2'],
    ['a list on one side', '- a\n- b\n', 'a: 1\nb: 2\n'],
    ['too many aliases', 'a: &a [1]\nb: [*a]\n', `a: &a [1]\nb: [${'*a,'.repeat(60)}]\n`],
    ['brackets without end', '[1,\n2]', `${'['.repeat(50_000)}\n`],
    ['several documents', 'a: 1\nb: 1\n', 'a: 1\n---\nb: 1\n'],
    ['a value that is new', null, 'a: 1\nb: 2\n'],
  ])('is none: %s', (_what, before, after) => {
    expect(documentChanges(before, after)).toBeNull();
  });
});

describe('a long text', () => {
  test('of several lines is shown by its changed lines, with how many of how many', () => {
    const lines = Array.from({ length: 41 }, (_, index) => `line ${index}`);
    const text = changeBlock(config(lines.join('\n'), lines.with(7, 'seven').join('\n')), columns);

    expect(text).toContain('| 41 lines | 41 lines, 1 of them changed |');
    expect(text).toContain('-line 7\n+seven');
    expect(text).not.toContain('line 20');
  });

  test('of one long line is shown by its changed words and those around them, none cut', () => {
    const words = Array.from({ length: 400 }, (_, index) => `--flag-${index}=on`);
    const changed = changedLines(words.join(' '), words.with(200, '--flag-200=hunter2hunter2').join(' '));

    const lines = changed?.text.split('\n') ?? [];
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^-.*… --flag-196=on .*--flag-200=on --flag-201=on/);
    expect(lines[1]).toMatch(/^\+.* --flag-200=hunter2hunter2 /);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(400);
  });

  test.each([
    ['words too long for their neighbours', `${'word-'.repeat(40)} a ${'word-'.repeat(40)} `.repeat(3), 'x1', 'x2'],
    ['one word', 'abc,'.repeat(100), 'x1', 'x2'],
    ['a word beyond all bounds', 'abc,'.repeat(900), 'x1', 'y22'],
  ])('never looks unchanged: %s', (_what, around, from, to) => {
    const [removed, added, ...more] = changedLines(`${around}${from}`, `${around}${to}`)?.text.split('\n') ?? [];

    expect(more).toEqual([]);
    expect(removed?.slice(1)).not.toBe(added?.slice(1));
    expect(Math.max(removed?.length ?? 0, added?.length ?? 0)).toBeLessThanOrEqual(2_000);
  });

  test('too different to compare is told as replaced, and quickly', () => {
    const text = (seed: number): string =>
      Array.from({ length: 20_000 }, (_, index) => (index * seed) % 9_973).join('\n');
    const began = performance.now();

    expect(changedLines(text(3), text(7))).toBeNull();
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(changeBlock(config(text(3), text(7)), columns)).toContain('replaced, 20000 lines by 20000 lines');
  });

  test('in a cell ends between two words: half a word may be half a secret', () => {
    const secret = 's3cr3t-'.repeat(12);

    expect(inlineValue(`${'word '.repeat(15)}${secret}${' word'.repeat(20)}`)).toBe(`${'word '.repeat(15).trim()} …`);
    expect(inlineValue('x'.repeat(500))).toBe('(500 characters)');
  });
});
