import { diffArrays, structuredPatch } from 'diff';
import type { Json } from '../../model/json.ts';
import { cutWords } from './limits.ts';

/** Longest value shown in a table cell, in UTF-16 code units. */
const cellLimit = 120;

/** Longest value whose lines are compared; beyond it only sizes are told. */
const textLimit = 200_000;

/** Most edits looked for before a text counts as replaced: keeps the comparison linear. */
const editLimit = 1_000;

/** Longest line of a unified diff that is shown whole, in UTF-16 code units. */
const lineLimit = 160;

/** Longest line of its changed words, in UTF-16 code units. */
const longestLine = 2_000;

/** A value on one line: strings as they are, the rest as compact JSON; absent is an em dash. */
export function inlineValue(value: Json): string {
  const text = valueText(value);
  const [line = ''] = text.split('\n', 1);
  const short = line.length > cellLimit ? cutWords(line, cellLimit - 20) : line;
  return short.length < text.length && !/[…)]$/.test(short) ? `${short} …` : short;
}

/** Whether two values need a block of their own instead of a table row. */
export function isLong(before: Json, after: Json): boolean {
  return [before, after].some((value) => valueText(value).length > cellLimit || valueText(value).includes('\n'));
}

/** The changed lines of two long values, and how many they are. */
export interface ChangedLines {
  /** Unified form without file names. */
  readonly text: string;
  /** Lines that go and lines that come. */
  readonly removed: number;
  readonly added: number;
}

/**
 * The changed lines of two long values, in unified form; of a long line only the words that differ and those around them. null when
 * they are too large or too different to compare. The work is capped by size and edits, not by time: the same values read the same.
 */
export function changedLines(before: Json, after: Json): ChangedLines | null {
  const [from, to] = [blockText(before), blockText(after)];
  if (from.length + to.length > textLimit) return null;
  const patch = structuredPatch('before', 'after', from, to, undefined, undefined, {
    context: 2,
    maxEditLength: editLimit,
  });
  if (patch === undefined) return null;
  const hunks = patch.hunks.map((hunk) => hunk.lines.filter((line) => !line.startsWith('\\')));
  const of = (sign: string): number => hunks.flat().filter((line) => line.startsWith(sign)).length;
  const text = hunks.map((lines) => shortenLines(lines).join('\n')).join('\n@@\n');
  return { text, removed: of('-'), added: of('+') };
}

/** Lines of a hunk, none longer than a few screens: a run of removed lines is compared word by word with the added ones after it. */
function shortenLines(lines: readonly string[]): readonly string[] {
  if (lines.every((line) => line.length <= lineLimit)) return lines;
  const short = [...lines];
  for (const [index, line] of lines.entries()) {
    const pair = pairOf(lines, index);
    if (pair === null) {
      if (line.startsWith(' ')) short[index] = ` ${cutWords(line.slice(1), lineLimit)}`;
      continue;
    }
    const words = changedWords(line.slice(1), (lines[pair] ?? '').slice(1));
    short[index] = `-${words.before}`;
    short[pair] = `+${words.after}`;
  }
  return short.map(orSize);
}

/** What is too long even so is told by its size: a part of it could look like the part of the other side. */
function orSize(line: string): string {
  return line.length <= longestLine ? line : `${line.slice(0, 1)}(${line.length - 1} characters)`;
}

/** The index of the added line that took the place of a removed one; null for other lines and where the numbers differ. */
function pairOf(lines: readonly string[], index: number): number | null {
  if (!lines[index]?.startsWith('-')) return null;
  let start = index;
  while (lines[start - 1]?.startsWith('-')) start -= 1;
  let end = index + 1;
  while (lines[end]?.startsWith('-')) end += 1;
  let last = end;
  while (lines[last]?.startsWith('+')) last += 1;
  return last - end === end - start ? end + (index - start) : null;
}

/** Words around a change that stand with it, where there is room. */
const wordsAround = 4;

/**
 * Two lines without the long stretches of words they share. Words are what stands between blanks and are never cut, so that a secret in
 * one is found and masked, and no change is cut off.
 */
function changedWords(before: string, after: string): { readonly before: string; readonly after: string } {
  const parts = diffArrays(wordsOf(before), wordsOf(after), { maxEditLength: editLimit });
  if (parts === undefined) return { before, after };
  const side = (sign: 'added' | 'removed', around: number): string =>
    parts
      .filter((part) => part[sign] || !(part.added || part.removed))
      .map((part) => (part[sign] ? part.value.join('') : elided(part.value, around)))
      .join('');
  const fitting = (sign: 'added' | 'removed'): string => {
    const text = side(sign, wordsAround);
    return text.length <= 2 * lineLimit ? text : side(sign, 0);
  };
  return { before: fitting('removed'), after: fitting('added') };
}

/** Words, each with the blanks behind it. */
function wordsOf(line: string): string[] {
  return line.split(/(?<=\s)(?=\S)/);
}

function elided(words: readonly string[], around: number): string {
  if (words.length <= 2 * around + 1) return words.join('');
  const last = around === 0 ? '' : words.slice(-around).join('');
  return `${words.slice(0, around).join('')}… ${last}`;
}

/** How many lines a value has. */
export function lineCount(value: Json): number {
  return value === null ? 0 : blockText(value).split('\n').length - 1;
}

function valueText(value: Json): string {
  if (value === null) return '—';
  return typeof value === 'string' ? value : compact(value);
}

function blockText(value: Json): string {
  if (value === null) return '';
  const text = typeof value === 'string' ? value : compact(value, 2);
  return text.endsWith('\n') ? text : `${text}\n`;
}

/** JSON for reading; bigint as digits. */
function compact(value: Json, indent?: number): string {
  return JSON.stringify(value, (_key, item: Json) => (typeof item === 'bigint' ? String(item) : item), indent);
}
