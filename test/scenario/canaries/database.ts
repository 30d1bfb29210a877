import { DatabaseSync } from 'node:sqlite';

/** Every row of every table as text, but for the webhooks, which are kept as they came. */
export function databaseText(file: string): string {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const tables = database.prepare("select name from sqlite_master where type = 'table'").all();
    return tables
      .map(({ name }) => String(name))
      .filter((name) => name !== 'deliveries' && !name.startsWith('sqlite_'))
      .flatMap((name) =>
        database
          .prepare(`select * from "${name}"`)
          .all()
          .map((row) => `${name} ${textOf(row)}`),
      )
      .join('\n');
  } finally {
    database.close();
  }
}

/** Values one a line, so that JSON in a column is quoted once and not twice. */
function textOf(row: Readonly<Record<string, unknown>>): string {
  return Object.values(row)
    .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : String(value)))
    .join('\n');
}
