import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Lease, Leases } from '../store.ts';
import type { Access } from './access.ts';
import type { Tables } from './tables.ts';

/** The time leases are told by, in milliseconds. */
export type LeaseTime = () => RawBuilder<number>;

/** Told by the clock of the process. */
export function processTime(now: () => Date): LeaseTime {
  return () => sql<number>`cast(${now().getTime()} as bigint)`;
}

/**
 * Leases, each taken by one conditional upsert. A row outlives its lease, so that the fence goes on growing. One that ran out but
 * that nobody took since is still its holder's: the fence proves it.
 */
export function createLeases(access: Access, time: LeaseTime): Leases {
  return {
    take: (key, holder, milliseconds) =>
      access.writeBeside(null, (db) => take(db, { key, holder, now: time(), milliseconds })),
    renew: ({ key, holder, fence }, milliseconds) =>
      access.writeBeside(null, async (db) => {
        const { numUpdatedRows } = await db
          .updateTable('leases')
          .set({ expires_at: after(time(), milliseconds) })
          .where('key', '=', key)
          .where('holder', '=', holder)
          .where('fence', '=', fence)
          .executeTakeFirst();
        return numUpdatedRows > 0n;
      }),
    release: async ({ key, holder, fence }) => {
      await access.writeBeside(null, (db) =>
        db
          .updateTable('leases')
          .set({ holder: '', expires_at: 0 })
          .where('key', '=', key)
          .where('holder', '=', holder)
          .where('fence', '=', fence)
          .execute(),
      );
    },
  };
}

async function take(
  db: Kysely<Tables>,
  wish: {
    readonly key: string;
    readonly holder: string;
    readonly now: RawBuilder<number>;
    readonly milliseconds: number;
  },
): Promise<Lease | null> {
  const { key, holder, now, milliseconds } = wish;
  const expires_at = after(now, milliseconds);
  const fence = sql<number>`case when leases.holder = ${holder} and leases.expires_at > ${now}
    then leases.fence else leases.fence + 1 end`;
  const row = await db
    .insertInto('leases')
    .values({ key, holder, fence: 1, expires_at })
    .onConflict((conflict) =>
      conflict
        .column('key')
        .doUpdateSet({ holder, expires_at, fence })
        .where((where) => where.or([where('leases.expires_at', '<=', now), where('leases.holder', '=', holder)])),
    )
    .returning('fence')
    .executeTakeFirst();
  return row === undefined ? null : { key, holder, fence: row.fence };
}

function after(time: RawBuilder<number>, milliseconds: number): RawBuilder<number> {
  return sql<number>`${time} + cast(${milliseconds} as bigint)`;
}
