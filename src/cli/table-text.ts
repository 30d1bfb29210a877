import { visible } from '../formats/markdown.ts';

/** Foreign text in columns as wide as their widest cell, one row a line; what would move the cursor is shown as an escape. */
export function tableText(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows].map((row) => row.map((cell) => visible(cell.replace(/\s+/g, ' ')) || '—'));
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const lines = all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}
