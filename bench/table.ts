import type { Bench, Row } from './bench.ts';

/** The rows as a table for a terminal. */
export function plainTable(bench: Bench, rows: readonly Row[]): string {
  const cells = [heading(bench), ...rows.map((row) => cellsOf(bench, row))];
  const widths = heading(bench).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return `\n${bench.name}: ${bench.text}\n${cells.map(line).join('\n')}\n`;
}

/** The rows as docs/benchmarks.md holds them. */
export function markdownTable(bench: Bench, rows: readonly Row[]): string {
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  const rule = heading(bench).map((_, column, all) => (column === 0 || column === all.length - 1 ? '---' : '--:'));
  const lines = [heading(bench), rule, ...rows.map((row) => cellsOf(bench, row))].map(line);
  return `### ${bench.name}: ${bench.text}\n\n${lines.join('\n')}\n`;
}

function heading({ rival }: Bench): readonly string[] {
  return ['what', 'ours', ...(rival === null ? [] : [rival, 'ratio']), 'goal'];
}

function cellsOf({ rival }: Bench, { what, ours, theirs, ratio, goal }: Row): readonly string[] {
  const factor = ratio === null ? '' : `${ratio.toFixed(ratio < 10 ? 2 : 1)}x`;
  const verdict = goal === null ? '' : `${goal.text}: ${goal.isMet ? 'met' : 'missed'}`;
  return [what, ours, ...(rival === null ? [] : [theirs ?? '', factor]), verdict];
}
