/**
 * Markdown for forges, written so that foreign text stays inert: it only ever stands in code spans, code fences or escaped
 * text, and cannot mention people, link pulls, close a fold or run a quick action.
 */

/** Characters that reorder or hide text (bidi controls, zero width, other controls), shown as `\u202e`. */
const INVISIBLE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** Shows invisible characters as escapes and mends lone surrogates. */
export function visible(text: string): string {
  return text
    .toWellFormed()
    .replace(INVISIBLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * Foreign text as a code span on one line; safe in paragraphs, lists and table cells. Empty text becomes an em dash. A pipe is escaped for
 * tables, where a backslash before it would undo that: it is shown as `\u005c`.
 */
export function code(text: string): string {
  const line = visible(text.replace(/\s*\r?\n\s*/g, ' ').replaceAll('\t', ' '));
  if (line.trim() === '') return '—';
  const ticks = '`'.repeat(longestRun(line) + 1);
  const pad = line.startsWith('`') || line.endsWith('`') || (line.startsWith(' ') && line.endsWith(' ')) ? ' ' : '';
  return `${ticks}${pad}${line.replaceAll('\\|', '\\u005c|').replaceAll('|', '\\|')}${pad}${ticks}`;
}

/** Foreign text as a fenced block whose fence is longer than any run of backticks inside. */
export function fence(text: string, language: string): string {
  const body = text.split(/\r?\n/).map(visibleLine).join('\n').replace(/\n+$/, '');
  const ticks = '`'.repeat(Math.max(3, longestRun(body) + 1));
  return `${ticks}${language}\n${body}\n${ticks}`;
}

/**
 * What makes a word markup, a mention, a reference or a link, also after entities are decoded: only code keeps such words inert.
 */
const LIVE = /[[\]`*_~|\\@#!$]|[%&^]\w|\{[+-]|[+-]\}|\bgh-\d|:\/\/|www\.|mailto:/i;

/** Foreign text inside HTML (`<summary>`): entities, and `<code>` around words a forge would bring to life. */
export function html(text: string): string {
  return splitLive(visible(text.replace(/\s+/g, ' ')), entities, (word) => `<code>${entities(word)}</code>`);
}

/** Foreign prose on one line: markup is escaped, and words a forge would bring to life stand in code spans. */
export function prose(text: string): string {
  return splitLive(visible(text.replace(/\s+/g, ' ')), entities, code);
}

/** A table. Cells are Markdown already; a pipe in a cell must be escaped by whoever made it. */
export function table(
  head: readonly string[],
  align: readonly ('left' | 'right' | 'center')[],
  rows: readonly (readonly string[])[],
): string {
  const rule = align.map((side) => (side === 'right' ? '--:' : side === 'center' ? ':-:' : '---'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** A fold. `summary` is HTML, `body` Markdown; blank lines around the body keep it Markdown. */
export function details(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

/** `1 change`, `2 changes`. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}

function splitLive(text: string, plain: (part: string) => string, live: (word: string) => string): string {
  const words = text.split(' ').map((word) => (LIVE.test(word) ? live(word) : plain(word)));
  return words.join(' ');
}

function entities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function visibleLine(line: string): string {
  return visible(line.replaceAll('\t', '\u0000')).replaceAll('\\u0000', '\t');
}

function longestRun(text: string): number {
  let longest = 0;
  for (const run of text.match(/`+/g) ?? []) longest = Math.max(longest, run.length);
  return longest;
}
