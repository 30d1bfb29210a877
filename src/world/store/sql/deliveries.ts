import type { Kysely } from 'kysely';
import type { Deliveries, Delivery } from '../store.ts';
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
  return {
    insert: (tx, delivery) =>
      access.writeBeside(tx, async (db) => {
        const row = { ...columnsOf(delivery), state: 'received' };
        const { numInsertedOrUpdatedRows } = await db
          .insertInto('deliveries')
          .values(row)
          .onConflict((conflict) => conflict.columns(['forge', 'id']).doNothing())
          .executeTakeFirstOrThrow();
        await sweep(db, delivery.receivedAt);
        return numInsertedOrUpdatedRows === 1n;
      }),
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
    settle: async (forge, id, state) => {
      await access.writeBeside(null, (db) =>
        db.updateTable('deliveries').set({ state }).where('forge', '=', forge).where('id', '=', id).execute(),
      );
    },
  };
}

function columnsOf(delivery: Omit<Delivery, 'state'>): Omit<Tables['deliveries'], 'state'> {
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
    .where('state', '<>', 'received')
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
