import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { code, details, fence, html, prose, table, visible } from '../../src/formats/markdown.ts';

const parse = (text: string) => fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });

/** The text of a tree outside code, as a forge's filters for mentions and references see it. */
function textOf(node: unknown): string {
  const { type, value, children = [] } = node as { type: string; value?: string; children?: unknown[] };
  return type === 'inlineCode' ? '' : `${value ?? ''}${children.map(textOf).join('')}`;
}

const hostile = [
  '`',
  '``` \n# h',
  '|',
  '</details>',
  '<!-- x',
  '@org/team',
  '#1',
  '[x](http://e.vil)',
  '\n/approve\n',
  '\u202egnp.exe',
  '\ud800',
  '~~~',
  '*a*',
  '\\`',
  '\\|',
  '\\',
  'http://e.vil',
  '- [ ] x',
  '  ',
];
const foreign = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(...hostile),
  fc.array(fc.constantFrom(...hostile)).map((parts) => parts.join('')),
);

describe('foreign text stays inert', () => {
  test('in a code span it is one code span and nothing else', () => {
    fc.assert(
      fc.property(foreign, (text) => {
        const [paragraph, ...rest] = parse(`a ${code(text)} b`).children;

        expect(rest).toEqual([]);
        const kinds = paragraph?.type === 'paragraph' ? paragraph.children.map((child) => child.type) : [];
        expect([['text', 'inlineCode', 'text'], ['text']]).toContainEqual(kinds);
      }),
    );
  });

  test('in a fence it is one code block', () => {
    fc.assert(
      fc.property(foreign, (text) => {
        const kinds = parse(`a\n\n${fence(text, 'text')}\n\nb`).children.map((child) => child.type);

        expect(kinds).toEqual(['paragraph', 'code', 'paragraph']);
      }),
    );
  });

  test('in a table cell it keeps the number of cells', () => {
    fc.assert(
      fc.property(foreign, foreign, (one, other) => {
        const [node, ...rest] = parse(table(['A', 'B'], ['left', 'right'], [[code(one), code(other)]])).children;

        expect(rest).toEqual([]);
        expect(node?.type === 'table' ? node.children.map((row) => row.children.length) : []).toEqual([2, 2]);
        const cells = node?.type === 'table' ? (node.children[1]?.children ?? []) : [];
        for (const cell of cells)
          expect([['inlineCode'], ['text']]).toContainEqual(cell.children.map((child) => child.type));
      }),
    );
  });

  test('in a table cell no backslash before a pipe ends the cell', () => {
    const text = '\\| https://e.vil |\\\\|';
    const [node] = parse(table(['A', 'B'], ['left', 'left'], [[code(text), code('b')]])).children;
    const cells = node?.type === 'table' ? (node.children[1]?.children ?? []) : [];

    expect(cells.map(({ children }) => children)).toMatchObject([
      [{ type: 'inlineCode', value: '\\u005c| https://e.vil |\\\\u005c|' }],
      [{ type: 'inlineCode', value: 'b' }],
    ]);
  });

  test('as prose it is plain text without links, mentions or markup', () => {
    fc.assert(
      fc.property(foreign, (text) => {
        const [paragraph, ...rest] = parse(`- x ${prose(text)} y`).children;

        expect(rest).toEqual([]);
        expect(JSON.stringify(paragraph)).not.toMatch(
          /"type":"(?:link|html|code|strong|emphasis|delete|heading|image)"/,
        );
        expect(textOf(paragraph)).not.toMatch(/@\w|#\d|:\/\/|www\./i);
      }),
    );
  });

  test('a fold around it opens and closes once', () => {
    fc.assert(
      fc.property(foreign, (text) => {
        const body = details(html(text), fence(text, ''));

        expect(parse(body).children.map((child) => child.type)).toEqual(['html', 'code', 'html']);
      }),
    );
  });
});

test('invisible and lone characters are shown', () => {
  expect(visible('a\u202eb\ud800')).toBe('a\\u202eb\ufffd');
});
