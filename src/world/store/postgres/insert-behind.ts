import { type Kysely, sql } from 'kysely';
import type { JobKind } from '../../../model/jobs.ts';
import { columnsOf } from '../sql/deliveries.ts';
import type { Tables } from '../sql/tables.ts';
import type { Delivery } from '../store.ts';
import { keptWaiting } from './boss-table.ts';

/**
 * Keeps deliveries where a job of kind and key waits, which is then not taken before they are kept: a transaction of one statement.
 * Gives the ids of those that are new; null, and nothing is kept, where none waits.
 */
export async function insertBehind(
  db: Kysely<Tables>,
  deliveries: readonly Omit<Delivery, 'state'>[],
  { runAt, ...place }: { readonly kind: JobKind; readonly key: string; readonly runAt: Date },
): Promise<ReadonlySet<string> | null> {
  const rows = deliveries.map((delivery) => {
    const { forge, id, event, headers, body, received_at } = columnsOf(delivery);
    return sql`(${forge}, ${id}, ${event}, ${headers}, ${body}::bytea, ${received_at})`;
  });
  const { rows: answers } = await sql<{ readonly waits: boolean; readonly fresh: readonly string[] }>`
    with ${keptWaiting(place, runAt)},
    fresh as (
      insert into deliveries (forge, id, event, headers, body, received_at, state)
      select given.*, 'received' from (values ${sql.join(rows)}) as given
      where (select waits from kept)
      on conflict (forge, id) do nothing returning id)
    select (select waits from kept) as waits, array(select id from fresh) as fresh`.execute(db);
  const [answer] = answers;
  return answer?.waits === true ? new Set(answer.fresh) : null;
}
