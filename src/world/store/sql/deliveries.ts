import { type Kysely, sql } from 'kysely';
import type { Deliveries, Delivery, DeliveryLimits } from '../store.ts';
import type { Access } from './access.ts';
import { fromColumn, toColumn } from './json-column.ts';
import type { Tables } from './tables.ts';

/** How long a settled delivery is kept: longer than forges offer to deliver again, and no longer, since it is kept as it came. */
const keptDays = 7;

/** How often old ones are looked for, in milliseconds, and how many are removed then; when there are more, the next time is at once. */
const sweepEvery = 3_600_000;
const removedAtOnce = 1_000;

/** Webhooks as they came. */
export function createDeliveries(access: Access): Deliveries {
  let sweptAt = 0;
  const sweep = async (db: Kysely<Tables>, now: Date): Promise<void> => {
    if (now.getTime() - sweptAt < sweepEvery) return;
    if ((await removeOld(db, now)) < removedAtOnce) sweptAt = now.getTime();
  };
  const insertAll: Deliveries['insertAll'] = (tx, deliveries) =>
    access.writeBeside(tx, async (db) => {
      const [first] = deliveries;
      if (first === undefined) return new Set();
      const fresh = await db
        .insertInto('deliveries')
        .values(deliveries.map((delivery) => ({ ...columnsOf(delivery), state: 'received' })))
        .onConflict((conflict) => conflict.columns(['forge', 'id']).doNothing())
        .returning('id')
        .execute();
      await sweep(db, first.receivedAt);
      return new Set(fresh.map(({ id }) => id));
    });
  return {
    insert: async (tx, delivery) => (await insertAll(tx, [delivery])).size === 1,
    insertAll,
    get: (forge, id) =>
      access.read(async (db) => {
        const row = await db
          .selectFrom('deliveries')
          .selectAll()
          .where('forge', '=', forge)
          .where('id', '=', id)
          .executeTakeFirst();
        return row === undefined ? null : deliveryOf(row);
      }),
    received: (forge, most) => access.read((db) => readReceived(db, forge, most)),
    settle: async (forge, id, state) => {
      await access.writeBeside(null, (db) =>
        db.updateTable('deliveries').set({ state }).where('forge', '=', forge).where('id', '=', id).execute(),
      );
    },
    settleAll: (tx, forge, outcomes) => access.writeBeside(tx, (db) => settleAll(db, forge, outcomes)),
  };
}

/** Written out, so that SQLite finds the index of just these. */
const isReceived = sql<boolean>`state = 'received'`;

async function readReceived(
  db: Kysely<Tables>,
  forge: string,
  { count, bytes }: DeliveryLimits,
): ReturnType<Deliveries['received']> {
  const sizes = await db
    .selectFrom('deliveries')
    .select(['id', sql<number>`octet_length(body)`.as('size')])
    .where('forge', '=', forge)
    .where(isReceived)
    .orderBy('received_at')
    .orderBy('id')
    .limit(count + 1)
    .execute();
  let total = 0;
  const within = sizes.slice(0, count).filter(({ size }, index) => {
    total += Number(size);
    return index === 0 || total <= bytes;
  });
  if (within.length === 0) return { deliveries: [], isAll: true };
  const ids = within.map(({ id }) => id);
  const rows = await db
    .selectFrom('deliveries')
    .selectAll()
    .where('forge', '=', forge)
    .where('id', 'in', ids)
    .orderBy('received_at')
    .orderBy('id')
    .execute();
  return { deliveries: rows.map(deliveryOf), isAll: within.length === sizes.length };
}

async function settleAll(
  db: Kysely<Tables>,
  forge: string,
  outcomes: readonly Pick<Delivery, 'id' | 'state'>[],
): Promise<ReadonlySet<string>> {
  const settled = new Set<string>();
  for (const state of new Set(outcomes.map((outcome) => outcome.state))) {
    const ids = outcomes.filter((outcome) => outcome.state === state).map(({ id }) => id);
    const rows = await db
      .updateTable('deliveries')
      .set({ state })
      .where('forge', '=', forge)
      .where('id', 'in', ids)
      .where(isReceived)
      .returning('id')
      .execute();
    for (const { id } of rows) settled.add(id);
  }
  return settled;
}

/** A delivery as its row, but for the state. */
export function columnsOf(delivery: Omit<Delivery, 'state'>): Omit<Tables['deliveries'], 'state'> {
  const { forge, id, event, headers, body, receivedAt } = delivery;
  return { forge, id, event, headers: toColumn(headers), body, received_at: receivedAt.toISOString() };
}

/** How many were removed. */
async function removeOld(db: Kysely<Tables>, now: Date): Promise<number> {
  const limit = new Date(now.getTime() - keptDays * 24 * 3_600_000).toISOString();
  const old = await db
    .selectFrom('deliveries')
    .select(['forge', 'id'])
    .where('received_at', '<', limit)
    .where('state', 'not in', ['received', 'apart'])
    .orderBy('received_at')
    .limit(removedAtOnce)
    .execute();
  for (const { forge, id } of old) {
    await db.deleteFrom('deliveries').where('forge', '=', forge).where('id', '=', id).execute();
  }
  return old.length;
}

function deliveryOf(row: Tables['deliveries']): Delivery {
  return {
    forge: row.forge,
    id: row.id,
    event: row.event,
    headers: fromColumn(row.headers),
    body: row.body,
    receivedAt: new Date(row.received_at),
    // Only `insert` and `settle` write the column.
    state: row.state as Delivery['state'],
  };
}
