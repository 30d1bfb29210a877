import { code, count, details, prose, table, visible } from '../../formats/markdown.ts';
import { limitedList } from './finding-text.ts';

/** A part of a text, written into at most so many UTF-16 code units; '' when it has nothing to say or no room. */
export type Section = (budget: number) => string;

/**
 * Head, sections and foot as one text of at most `limit` UTF-16 code units: head and foot always stand, the sections share what is
 * left in the order given. Sections cut themselves where a text may be cut, and count what they leave out.
 */
export function compose(head: string, sections: readonly Section[], foot: string, limit: number): string {
  const parts: string[] = [];
  let left = limit - head.length - foot.length - 8;
  if (left < 0) return `${head}\n`;
  for (const section of sections) {
    const text = section(left - 2);
    if (text === '' || text.length + 2 > left) continue;
    parts.push(text);
    left -= text.length + 2;
  }
  return `${[head, ...parts, foot].filter((part) => part !== '').join('\n\n')}\n`;
}

/** A text that is shown whole or not at all. */
export function whole(text: string): Section {
  return (budget) => (text.length <= budget ? text : '');
}

/** A list that ends with a count of what had no room; folded when it has a summary (HTML). */
export function listed(lines: readonly string[], cap: number, summary: string | null): Section {
  return (budget) => {
    if (lines.length === 0) return '';
    const room = Math.min(budget, cap) - (summary === null ? 0 : details(summary, '').length) - 40;
    if (room < 0) return '';
    const text = limitedList(lines, room);
    return summary === null ? text : details(summary, text);
  };
}

/** Columns of a table. */
export interface TableHead {
  readonly names: readonly string[];
  readonly align: readonly ('left' | 'right' | 'center')[];
}

/** A table that ends with a count of the rows that had no room. */
export function tabled(head: TableHead, rows: readonly (readonly string[])[], cap: number): Section {
  return (budget) => {
    if (rows.length === 0) return '';
    const room = Math.min(budget, cap) - table(head.names, head.align, []).length - 40;
    const kept = rowsWithin(rows, room);
    const rest = rows.length - kept.length;
    if (kept.length === 0) return `… ${count(rest, 'row')} not shown: there is no room left.`;
    const text = table(head.names, head.align, kept);
    return rest === 0 ? text : `${text}\n\n… and ${count(rest, 'more row')}.`;
  };
}

function rowsWithin(rows: readonly (readonly string[])[], room: number): readonly (readonly string[])[] {
  let left = room;
  const first = rows.findIndex((row) => {
    left -= `| ${row.join(' | ')} |\n`.length;
    return left < 0;
  });
  return first < 0 ? rows : rows.slice(0, first);
}

/** Foreign text cut to so many characters, for places whose length must be bounded. */
export function clip(text: string, length: number): string {
  const shown = visible(text.replace(/\s+/g, ' ').trim());
  return shown.length <= length ? shown : `${shown.slice(0, length - 1).toWellFormed()}…`;
}

/** A name as a code span of bounded length. */
export function name(text: string): string {
  return code(clip(text, 90));
}

/** A sentence of ours that may hold foreign words: its own code spans stay spans, the rest is escaped. Never for the start of a line. */
export function sentence(text: string, length: number): string {
  const parts = clip(text, length).split(/`([^`]+)`/);
  return parts.map((part, index) => (index % 2 === 1 ? code(part) : prose(part))).reduce(append, '');
}

/** Backticks that meet would be one run, which opens and closes other spans than were meant. */
function append(text: string, part: string): string {
  return text.endsWith('`') && part.startsWith('`') ? `${text} ${part}` : `${text}${part}`;
}

/** Foreign text for a title of a pull or issue: one line of plain text that mentions and refers to nothing. */
export function plain(text: string, length: number): string {
  return clip(text, length).replace(/[@#!&%$~<>`|*[\]\\]/g, '?');
}
