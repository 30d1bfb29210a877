import { structuredPatch } from 'diff';
import type { Json } from '../../model/json.ts';

/** Longest value shown in a table cell, in UTF-16 code units. */
const cellLimit = 120;

/** Longest value whose lines are compared; beyond it only sizes are told. */
const textLimit = 200_000;

/** Most edits looked for before a text counts as replaced: keeps the comparison linear. */
const editLimit = 2_000;

/** A value on one line: strings as they are, the rest as compact JSON; absent is an em dash. */
export function inlineValue(value: Json): string {
  const text = valueText(value);
  return text.length > cellLimit || text.includes('\n') ? `${firstLine(text)}…` : text;
}

/** Whether two values need a block of their own instead of a table row. */
export function isLong(before: Json, after: Json): boolean {
  return [before, after].some((value) => valueText(value).length > cellLimit || valueText(value).includes('\n'));
}

/** The changed lines of two long values, in unified form; null when they are too large or too different to compare. */
export function changedLines(before: Json, after: Json): string | null {
  const [from, to] = [blockText(before), blockText(after)];
  if (from.length + to.length > textLimit) return null;
  const patch = structuredPatch('before', 'after', from, to, undefined, undefined, {
    context: 2,
    maxEditLength: editLimit,
  });
  if (patch === undefined) return null;
  return patch.hunks.map((hunk) => hunk.lines.filter((line) => !line.startsWith('\\')).join('\n')).join('\n@@\n');
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

function firstLine(text: string): string {
  return text.slice(0, cellLimit - 20).split('\n', 1)[0] ?? '';
}
