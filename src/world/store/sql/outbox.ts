import type { Kysely } from 'kysely';
import type { Json } from '../../../model/json.ts';
import type { Intent, Outbox } from '../store.ts';
import type { Access } from './access.ts';
import { fromColumn, toColumn } from './json-column.ts';
import type { Tables } from './tables.ts';

/** Writes that were begun. */
export function createOutbox(access: Access, now: () => Date): Outbox {
  const at = (): string => now().toISOString();
  return {
    begin: (intent) => access.write(null, (db) => begin(db, { ...intent, at: at() })),
    renew: (intent) => access.writeOne(null, (db) => renew(db, { ...intent, at: at() })),
    finish: async (key, outcome) => {
      // What it took to do it again is needed no more.
      const change = { done: 1, outcome: toColumn(outcome), payload: toColumn(null) };
      await access.writeOne(null, (db) => db.updateTable('intents').set(change).where('key', '=', key).execute());
    },
    outcome: (key) =>
      access.read(async (db) => {
        const row = await db.selectFrom('intents').select('outcome').where('key', '=', key).executeTakeFirst();
        return row === undefined ? null : fromColumn<Json>(row.outcome);
      }),
    open: () =>
      access.read(async (db) => {
        const rows = await db.selectFrom('intents').selectAll().where('done', '=', 0).orderBy('number').execute();
        return rows.map(toIntent);
      }),
    prune: (before, most) => access.writeOne(null, (db) => prune(db, before, most)),
  };
}

type Begun = Pick<Intent, 'key' | 'operation' | 'subject' | 'at'>;

async function begin(db: Kysely<Tables>, intent: Begun): ReturnType<Outbox['begin']> {
  const nothing = toColumn(null);
  await db
    .insertInto('intents')
    .values({ ...intent, done: 0, outcome: nothing, payload: nothing })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute();
  const row = await db
    .selectFrom('intents')
    .select(['done', 'outcome'])
    .where('key', '=', intent.key)
    .executeTakeFirstOrThrow();
  return row.done === 1 ? { done: true, outcome: fromColumn(row.outcome) } : { done: false };
}

async function renew(db: Kysely<Tables>, intent: Begun & Pick<Intent, 'payload'>): Promise<Json> {
  const { key, operation, subject, at } = intent;
  const change = { at, done: 0, payload: toColumn(intent.payload) };
  const row = await db
    .insertInto('intents')
    .values({ key, operation, subject, ...change, outcome: toColumn(null) })
    .onConflict((conflict) => conflict.column('key').doUpdateSet(change))
    .returning('outcome')
    .executeTakeFirstOrThrow();
  return fromColumn(row.outcome);
}

async function prune(db: Kysely<Tables>, before: Date, most: number): Promise<number> {
  const old = db
    .selectFrom('intents')
    .select('number')
    .where('done', '=', 1)
    .where('at', '<', before.toISOString())
    .orderBy('at')
    .limit(most);
  const { numDeletedRows } = await db.deleteFrom('intents').where('number', 'in', old).executeTakeFirst();
  return Number(numDeletedRows);
}

function toIntent({ key, operation, subject, at, outcome, payload }: Omit<Tables['intents'], 'number'>): Intent {
  const kept = { outcome: fromColumn<Json>(outcome), payload: fromColumn<Json>(payload) };
  return { key, operation, subject, at, done: false, ...kept };
}
