import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** No forge asks to be left alone for longer, in milliseconds: GitHub's limits are by the hour. */
export const longestRest = 3_600_000;

/**
 * Lets nothing wait for a clock that stood ahead, or for what may have come about while nobody ran: what was not tried yet is due at
 * the time, and what failed is due within the longest rest. For the opening of a store: whoever adds jobs later means their time.
 */
export async function hurryJobs(db: Kysely<Tables>, at: Date): Promise<void> {
  await dueBy(db, at.getTime(), '=');
  await dueBy(db, at.getTime() + longestRest, '>');
}

/** Of those that wait untried (`=`) or after failures (`>`), lets none wait longer than until the time. */
async function dueBy(db: Kysely<Tables>, time: number, attempts: '=' | '>'): Promise<void> {
  await db
    .updateTable('jobs')
    .set({ run_at: time })
    .where('state', '=', 'waiting')
    .where('attempts', attempts, 0)
    .where('run_at', '>', time)
    .execute();
}
