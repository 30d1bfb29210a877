import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { canonicalJson } from '../../../formats/json.ts';
import type { AuditRow } from '../../../model/audit.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { Audit } from '../store.ts';
import type { Access } from './access.ts';
import { fromColumn, toColumn } from './json-column.ts';
import type { Tables } from './tables.ts';
import { keptText } from './text-column.ts';

/** What the first row holds as the hash before it. */
const beginning = '0'.repeat(64);

/** Rows that are read at once while the chain is recomputed. */
const pageSize = 1_000;

/** The chained record of decisions and writes. */
export function createAudit(access: Access, now: () => Date): Audit {
  return {
    append: (tx, entry) =>
      access.write(tx, async (db) => {
        const { data } = entry;
        const words = {
          actor: keptText(entry.actor),
          action: keptText(entry.action),
          subject: keptText(entry.subject),
        };
        const head = await headOf(db);
        const sequence = head.sequence + 1;
        const text = toColumn(data);
        // Hashed as it will be read: what JSON does not hold is gone.
        const kept = { sequence, at: now().toISOString(), ...words, data: fromColumn<JsonObject>(text) };
        const row: AuditRow = { ...kept, previous: head.hash, hash: hashOf(kept, head.hash) };
        await db
          .insertInto('audit')
          .values({ ...row, data: text })
          .execute();
        await setHead(db, row);
        return row;
      }),
    read: ({ after, limit }) => access.read((db) => page(db, after, limit).then((rows) => rows.map(rowOf))),
    verify: () => access.read(verify),
  };
}

async function headOf(db: Kysely<Tables>): Promise<Link> {
  const row = await db.selectFrom('audit_head').select(['sequence', 'hash']).executeTakeFirst();
  return row ?? { sequence: 0, hash: beginning };
}

async function setHead(db: Kysely<Tables>, { sequence, hash }: AuditRow): Promise<void> {
  await db
    .insertInto('audit_head')
    .values({ one: 1, sequence, hash })
    .onConflict((conflict) => conflict.column('one').doUpdateSet({ sequence, hash }))
    .execute();
}

function hashOf(row: Omit<AuditRow, 'previous' | 'hash'>, previous: string): string {
  const { sequence, at, actor, action, subject, data } = row;
  const text = canonicalJson({ sequence, at, actor, action, subject, data });
  return createHash('sha256').update(`${previous}\n${text}`).digest('hex');
}

async function page(db: Kysely<Tables>, after: number, limit: number): Promise<readonly Tables['audit'][]> {
  return db.selectFrom('audit').selectAll().where('sequence', '>', after).orderBy('sequence').limit(limit).execute();
}

function rowOf(row: Tables['audit']): AuditRow {
  return { ...row, data: fromColumn(row.data) };
}

async function verify(db: Kysely<Tables>): Promise<{ readonly rows: number; readonly broken: number | null }> {
  const end = await headOf(db);
  if (end.sequence === 0 && (await isBeheaded(db))) return { rows: 0, broken: 1 };
  const last = await lastThatHolds(db, end.sequence);
  const isWhole = last.sequence === end.sequence && last.hash === end.hash;
  return { rows: end.sequence, broken: isWhole ? null : last.sequence + 1 };
}

type Link = Pick<AuditRow, 'sequence' | 'hash'>;

/** The last row up to `end` to which the chain holds. */
async function lastThatHolds(db: Kysely<Tables>, end: number): Promise<Link> {
  let last: Link = { sequence: 0, hash: beginning };
  while (last.sequence < end) {
    // Rows that are appended meanwhile are beyond the end that was read.
    const rows = await page(db, last.sequence, Math.min(pageSize, end - last.sequence));
    if (rows.length === 0) return last;
    for (const row of rows) {
      if (!follows(row, last)) return last;
      last = row;
    }
  }
  return last;
}

/** Whether there are rows although the end of the chain says there are none. Looks at the end again: the first may come meanwhile. */
async function isBeheaded(db: Kysely<Tables>): Promise<boolean> {
  const rows = await page(db, 0, 1);
  return rows.length > 0 && (await headOf(db)).sequence === 0;
}

/** Whether a row as it is kept is the next of the chain. */
function follows(row: Tables['audit'], last: Link): boolean {
  if (row.sequence !== last.sequence + 1 || row.previous !== last.hash) return false;
  try {
    return row.hash === hashOf(rowOf(row), last.hash);
  } catch {
    // Data that is no JSON any more was changed by somebody else.
    return false;
  }
}
