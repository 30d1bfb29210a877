import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Job, JobKind } from '../../../model/jobs.ts';
import type { DeadJob, KindStats } from '../queue.ts';
import { fromColumn } from '../sql/json-column.ts';
import { longestRest } from '../sql/late-jobs.ts';
import type { TakenJob } from '../sql/taken-job.ts';
import { bossSchema, deadQueue, jobsQueue } from './boss-names.ts';

/**
 * What Fairlead asks of pg-boss's own table, because pg-boss 12.38 has no call for it: to take a job by the turns of repositories
 * (its `fetch` knows one order and limits, not who has the fewest), of some kinds only and by Fairlead's clock; to see what became
 * of running jobs; and to count. Everything else goes through its calls. Taking writes what its `fetch` writes, so that its
 * heartbeats, fences and policies hold for what was taken here.
 */

/** What is kept as the data of a job. The payload is text: numbers keep their digits. */
export interface JobData {
  readonly kind: JobKind;
  readonly payload: string;
  /** Whether it was added to replace those that wait. */
  readonly replaces: boolean;
  /** Times it failed. */
  readonly attempts: number;
  /** Of pg-boss's count of retries, how many are not this job's: those of jobs it replaced. */
  readonly base: number;
  /** When it was tried first, ISO 8601; absent while it was not. */
  readonly since?: string;
}

export interface DeadData extends Pick<JobData, 'kind' | 'payload' | 'attempts'> {
  readonly key: string;
  readonly fault: string;
}

// The tables of pg-boss are not among Fairlead's.
// biome-ignore lint/suspicious/noExplicitAny: raw statements do not look at the tables.
type Database = Kysely<any>;

/** Where pg-boss keeps the jobs of queues without a table of their own. By its parent, `job`, each statement takes twice as long to plan. */
const table = sql.table(`${bossSchema}.job_common`);

/** A process died while it ran, and pg-boss let it wait again: it is due whatever the clock says. */
const isInterrupted = sql`j.state = 'retry' and (j.data->>'attempts')::int + (j.data->>'base')::int <= j.retry_count`;

/** Whether a newer job waits that replaces `j`. The sum keeps the planner to the index of keys, also where it has no statistics. */
const isReplaced = sql<boolean>`exists (
  select 1 from ${table} w
  where w.name = ${jobsQueue} and w.singleton_key = j.singleton_key and w.state < 'active' and w.id <> j.id
    and w.created_on + interval '0' >= j.created_on and w.data->>'kind' = j.data->>'kind' and (w.data->>'replaces')::boolean)`;

/** Takes the next job; null when none is due. Fails with the code 23505 when another process took one of its key at the same time. */
export async function takeNext(db: Database, kinds: readonly JobKind[], at: Date): Promise<TakenJob | null> {
  const isDue = sql`j.name = ${jobsQueue} and j.state < 'active' and not j.blocked
    and (j.start_after <= ${at} or ${isInterrupted})
    and j.data->>'kind' = any(${[...kinds]}::text[])
    and j.singleton_key <> all(array(select singleton_key from active))`;
  // Only where the repository of the first in line has its turn already can another go before it.
  const { rows } = await sql<TakenRow>`
    with active as materialized (
      select singleton_key, group_id from ${table} where name = ${jobsQueue} and state = 'active'
    ), turns as materialized (
      select coalesce(jsonb_object_agg(group_id, running), '{}') as running from (
        select group_id, count(*) as running from active where group_id is not null group by group_id) counts
    ), first as materialized (
      select j.id, j.priority, j.group_id from ${table} j where ${isDue}
      order by j.priority desc, j.created_on limit 1 for update skip locked
    ), fair as materialized (
      select j.id from ${table} j
      where (select (select running from turns) ? group_id from first)
        and j.priority = (select priority from first) and ${isDue}
      order by coalesce(((select running from turns)->>j.group_id)::int, 0), j.created_on, j.id
      limit 1 for update skip locked
    )
    update ${table} j set
      state = 'active', started_on = pgboss.job_now(), heartbeat_on = pgboss.job_now(),
      data = jsonb_build_object('since', ${at.toISOString()}::text) || j.data,
      retry_count = case when j.started_on is not null then j.retry_count + 1 else j.retry_count end
    where j.name = ${jobsQueue} and j.id = coalesce((select id from fair), (select id from first))
    returning j.id, j.singleton_key as key, j.data, j.retry_count as fence`.execute(db);
  const [row] = rows;
  return row === undefined ? null : takenOf(row);
}

/** Of those given, the jobs that still run as they were taken, and whether a newer one is to replace them. */
export async function stillRunning(db: Database, jobs: readonly TakenJob[]): Promise<ReadonlyMap<string, boolean>> {
  const pairs = jobs.map(({ id, fence }) => `${id}:${fence}`);
  const { rows } = await sql<{ readonly id: string; readonly replaced: boolean }>`
    select j.id, ${isReplaced} as replaced from ${table} j
    where j.name = ${jobsQueue} and j.id = any(${jobs.map(({ id }) => id)}::uuid[]) and j.state = 'active'
      and j.id::text || ':' || j.retry_count::text = any(${pairs}::text[])`.execute(db);
  return new Map(rows.map(({ id, replaced }) => [id, replaced]));
}

/** As for SQLite: at the opening of a store nothing waits for a clock that stood ahead. */
export async function hurryJobs(db: Database, at: Date): Promise<void> {
  const latest = sql`case when (data->>'attempts')::int = 0 then ${at}::timestamptz
    else ${new Date(at.getTime() + longestRest)}::timestamptz end`;
  await sql`update ${table} set start_after = ${latest}
    where name = ${jobsQueue} and state < 'active' and start_after > ${latest}`.execute(db);
}

/**
 * Whether a job of kind and key waits. One that does is not taken before the transaction ends: it would not see what is written in it.
 * What waits only because it failed is due at the time when there is a new reason to do it: what stopped it may be over.
 */
export async function keepWaiting(db: Database, place: WaitingPlace, runAt: Date): Promise<boolean> {
  const { rows } = await sql`with ${keptWaiting(place, runAt)} select from kept where waits`.execute(db);
  return rows.length > 0;
}

/** Whose job waits. */
interface WaitingPlace {
  readonly kind: JobKind;
  readonly key: string;
}

/**
 * What `keepWaiting` does as parts of a statement behind `with`; the last of them, `kept`, says in `waits` whether a job does. Many may
 * keep the same job at once. Counted and not only looked for, so that every job is locked.
 */
export function keptWaiting({ kind, key }: WaitingPlace, runAt: Date): RawBuilder<unknown> {
  const waits = sql`name = ${jobsQueue} and singleton_key = ${key} and state < 'active' and data->>'kind' = ${kind}`;
  const isLate = sql`(data->>'attempts')::int > 0 and start_after > ${runAt}`;
  return sql`hurried as (update ${table} set start_after = ${runAt} where ${waits} and ${isLate} returning id),
    held as (select id from ${table} where ${waits} and not (${isLate}) for share),
    kept as (select (select count(*) from hurried) + (select count(*) from held) > 0 as waits)`;
}

/** When the next waiting job of the kinds is due after the time. */
export async function nextDue(db: Database, kinds: readonly JobKind[], at: Date): Promise<Date | null> {
  const { rows } = await sql<{ readonly due: Date | null }>`
    select min(start_after) as due from ${table}
    where name = ${jobsQueue} and state < 'active' and start_after > ${at}
      and data->>'kind' = any(${[...kinds]}::text[])`.execute(db);
  return rows[0]?.due ?? null;
}

/** Jobs that wait or run. */
export async function countJobs(db: Database): Promise<number> {
  const { rows } = await sql<{ readonly count: string }>`
    select count(*) as count from ${table} where name = ${jobsQueue} and state <= 'active'`.execute(db);
  return Number(rows[0]?.count ?? 0);
}

export async function statsOf(db: Database, at: Date): Promise<readonly KindStats[]> {
  const { rows } = await sql<StatsRow>`
    select data->>'kind' as kind,
      count(*) filter (where name = ${jobsQueue} and state < 'active') as waiting,
      count(*) filter (where name = ${jobsQueue} and state = 'active') as running,
      count(*) filter (where name = ${deadQueue}) as dead,
      min(start_after) filter (where name = ${jobsQueue} and state < 'active' and start_after <= ${at}) as due
    from ${table}
    where name in (${jobsQueue}, ${deadQueue}) and state <= 'active'
    group by 1 order by 1`.execute(db);
  return rows.map(({ kind, waiting, running, dead, due }) => ({
    kind,
    waiting: Number(waiting),
    running: Number(running),
    dead: Number(dead),
    oldestDueMs: due === null ? null : at.getTime() - due.getTime(),
  }));
}

/** Those that are dead, the newest first. */
export async function deadJobs(db: Database, limit: number): Promise<readonly DeadJob[]> {
  const { rows } = await sql<{ readonly id: string; readonly data: DeadData }>`
    select id, data from ${table} where name = ${deadQueue} and state = 'created'
    order by created_on desc, id limit ${limit}`.execute(db);
  return rows.map(({ id, data }) => ({
    id,
    job: jobOf(data),
    key: data.key,
    attempts: data.attempts,
    fault: data.fault,
  }));
}

export function jobOf({ kind, payload }: Pick<JobData, 'kind' | 'payload'>): Job {
  // Only `add` writes kind and payload, of one job each.
  return { kind, payload: fromColumn(payload) };
}

interface TakenRow {
  readonly id: string;
  readonly key: string;
  readonly data: JobData;
  readonly fence: number;
}

interface StatsRow {
  readonly kind: JobKind;
  readonly waiting: string;
  readonly running: string;
  readonly dead: string;
  readonly due: Date | null;
}

function takenOf({ id, key, data, fence }: TakenRow): TakenJob {
  const { attempts, base, since } = data;
  // The cast: taking set it.
  return {
    ...{ id, fence, key, job: jobOf(data), attempts, interruptions: fence - base - attempts },
    since: new Date(since as string),
  };
}
