/** What a scenario took, printed at the end for people: forge x engine x seconds. */
export interface Table {
  /** Does the work and notes how long it took. */
  timed<T>(
    row: { readonly forge: string; readonly engine: string; readonly story: string },
    work: () => Promise<T>,
  ): Promise<T>;
  /** Notes a number that is not a time of the whole. */
  note(row: { readonly forge: string; readonly engine: string; readonly story: string }, value: string): void;
  print(): void;
}

export function createTable(title: string): Table {
  const rows: string[][] = [];
  const cells = (row: { readonly forge: string; readonly engine: string; readonly story: string }, value: string) => [
    row.forge,
    row.engine,
    row.story,
    value,
  ];
  return {
    timed: async (row, work) => {
      const begun = performance.now();
      const result = await work();
      rows.push(cells(row, `${((performance.now() - begun) / 1000).toFixed(1)} s`));
      return result;
    },
    note: (row, value) => {
      rows.push(cells(row, value));
    },
    print: () => {
      const all = [['forge', 'engine', title, 'took'], ...rows];
      const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
      const lines = all.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
      lines.splice(1, 0, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`);
      process.stdout.write(`\n${lines.join('\n')}\n\n`);
    },
  };
}
