/** The series of a metric in a page of figures: `name{label="value"}` -> value. */
export function seriesOf(page: string, name: string): ReadonlyMap<string, number> {
  const lines = page.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  const parts = lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' '))] as const);
  return new Map(parts.map(([series, value]) => [series, Number(value)]));
}
