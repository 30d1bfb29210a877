import { type Kysely, sql } from 'kysely';
import { type Db, fromKysely, type JobWithMetadata, type PgBoss } from 'pg-boss';
import type { Job, JobKind, JobOptions } from '../../../model/jobs.ts';
import type { Access } from '../sql/access.ts';
import { toColumn } from '../sql/json-column.ts';
import { priorityOf, repositoryOf } from '../sql/priorities.ts';
import type { Tables } from '../sql/tables.ts';
import type { Beat, JobTable, TakenJob } from '../sql/taken-job.ts';
import type { Tx } from '../store.ts';
import { deadQueue, jobsQueue } from './boss-names.ts';
import {
  countJobs,
  type DeadData,
  deadJobs,
  type JobData,
  jobOf,
  keepWaiting,
  nextDue,
  statsOf,
  stillRunning,
  takeNext,
} from './boss-table.ts';

/** The jobs as pg-boss keeps them, for any number of processes. */
export function createBossJobs(access: Access, boss: PgBoss, now: () => Date): JobTable {
  return {
    add: (tx, job, options) =>
      within(access, tx, (db) => add(given(db, boss), job, { ...options, runAt: options.runAt ?? now() })),
    take: (kinds, at) => take(access, boss, kinds, at),
    beat: createBeat(access, boss),
    nextDue: (kinds, at) => access.read((db) => nextDue(db, kinds, at)),
    size: () => access.read(countJobs),
    stats: (at) => access.read((db) => statsOf(db, at)),
    dead: (limit) => access.read((db) => deadJobs(db, limit)),
    revive: (id, at) => within(access, null, (db) => revive(given(db, boss), id, at)),
    ...settling(access, boss),
  };
}

/**
 * Works in the transaction, or in one of its own when null, without waiting for other transactions: what concerns one key waits
 * for its own lock.
 */
function within<T>(access: Access, tx: Tx | null, work: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
  if (tx !== null) return access.writeBeside(tx, work);
  return access.transaction((own) => access.writeBeside(own, work), 'beside');
}

/** pg-boss in a transaction. */
interface Given {
  readonly kysely: Kysely<never>;
  readonly db: Db;
  readonly boss: PgBoss;
}

// Statements on pg-boss's tables look at none of Fairlead's.
const given = (db: unknown, boss: PgBoss): Given => {
  const kysely = db as Kysely<never>;
  return { kysely, db: fromKysely(kysely), boss };
};

function settling(access: Access, boss: PgBoss): Pick<JobTable, 'finish' | 'retry' | 'bury' | 'handBack' | 'recover'> {
  return {
    finish: (taken) => access.writeBeside(null, async (db) => complete(given(db, boss), taken)),
    retry: (taken, runAt, fault) => within(access, null, (db) => retry(given(db, boss), taken, { runAt, fault })),
    bury: (taken, fault) => within(access, null, (db) => bury(given(db, boss), taken, fault)),
    handBack: (jobs) => within(access, null, (db) => handBack(given(db, boss), jobs)),
    // A process that died is known by its heartbeat, at any time.
    recover: async () => {},
  };
}

/** Which attempt of a job: without it pg-boss would let a process complete what another has taken over. */
const attempt = ({ id, fence }: TakenJob) => ({ id, retryCount: fence });

/** Whether pg-boss changed the job it was asked to; its type does not tell what its calls give. */
const isAffected = (response: object): boolean => 'affected' in response && response.affected === 1;

/**
 * Until the transaction ends nobody else adds, replaces or retries a job of the kind and key. Two that are added at once would not
 * see each other, and both would wait.
 */
async function lock({ kysely }: Given, kind: JobKind, key: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${jobsQueue}:${kind}:${key}`}, 0))`.execute(kysely);
}

async function waitingOf(
  { boss, db }: Given,
  kind: JobKind,
  key: string,
): Promise<readonly JobWithMetadata<JobData>[]> {
  const jobs = await boss.findJobs<JobData>(jobsQueue, { key, queued: true, db });
  return jobs.filter(({ data }) => data.kind === kind);
}

async function add(at: Given, job: Job, options: JobOptions & { readonly runAt: Date }): Promise<void> {
  const { key, replace, runAt } = options;
  const place = { kind: job.kind, key };
  // Most often one waits already: then nothing is added, and nobody need wait for those that add.
  if (replace === false && (await keepWaiting(at.kysely, place, runAt))) return;
  await lock(at, job.kind, key);
  const isThere = await (replace === false
    ? keepWaiting(at.kysely, place, runAt)
    : replaceWaiting(at, await waitingOf(at, job.kind, key), job, options));
  if (!isThere) await send(at, job, options);
}

async function send({ boss, db }: Given, job: Job, options: JobOptions & { readonly runAt: Date }): Promise<void> {
  const repository = repositoryOf(job);
  await boss.send(jobsQueue, dataOf(job, options.replace !== false, 0), {
    singletonKey: options.key,
    priority: -priorityOf(job.kind),
    startAfter: options.runAt,
    ...(repository === null ? {} : { group: { id: repository } }),
    db,
  });
}

function dataOf(job: Job, replaces: boolean, base: number): JobData {
  return { kind: job.kind, payload: toColumn(job.payload), replaces, attempts: 0, base };
}

/** In its place in the line: a pull that is pushed to again and again is still reviewed. */
async function replaceWaiting(
  { boss, db }: Given,
  waiting: readonly JobWithMetadata<JobData>[],
  job: Job,
  { replace, runAt }: JobOptions & { readonly runAt: Date },
): Promise<boolean> {
  let isThere = false;
  for (const { id, startAfter, retryCount, startedOn } of waiting) {
    const due = replace === 'sooner' && startAfter < runAt && !isThere ? startAfter : runAt;
    // Taking counts one more when it was begun before.
    const data = dataOf(job, true, retryCount + (startedOn === null ? 0 : 1));
    const { updated } = await boss.update(jobsQueue, data, { id, startAfter: due, db });
    // It was taken since it was read; else it stays locked, and can not be.
    if (updated === 0) continue;
    if (isThere) await boss.deleteJob(jobsQueue, id, { db });
    isThere = true;
  }
  return isThere;
}

async function take(access: Access, boss: PgBoss, kinds: readonly JobKind[], at: Date): Promise<TakenJob | null> {
  for (;;) {
    const next = await access.writeBeside(null, (db) => takeNext(db, kinds, at)).catch(orRaced);
    if (next === 'raced') continue;
    if (next === null || !(await isReplaced(access, next))) return next;
    await access.writeBeside(null, (db) => complete(given(db, boss), next));
  }
}

/** Whether it was interrupted or failed, and a newer one that waits does its work. */
async function isReplaced(access: Access, taken: TakenJob): Promise<boolean> {
  if (taken.attempts === 0 && taken.interruptions === 0) return false;
  const running = await access.read((db) => stillRunning(db, [taken]));
  return running.get(taken.id) === true;
}

/** Another process took one of the same key between look and write: there may be others to take. */
function orRaced(error: unknown): 'raced' {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && cause.code === '23505') return 'raced';
  }
  throw error;
}

async function complete({ boss, db }: Given, taken: TakenJob): Promise<boolean> {
  return isAffected(await boss.complete(jobsQueue, attempt(taken), null, { db }));
}

async function retry(at: Given, taken: TakenJob, after: { runAt: Date; fault: string }): Promise<boolean> {
  const { kind } = taken.job;
  await lock(at, kind, taken.key);
  const waiting = await waitingOf(at, kind, taken.key);
  if (waiting.some(({ data }) => data.replaces)) return complete(at, taken);
  return waitAgain(at, taken, ({ data }) => ({
    data: { ...data, attempts: taken.attempts + 1 },
    startAfter: after.runAt,
    output: { fault: after.fault },
  }));
}

/** Lets a job that runs as it was taken wait again, changed. */
async function waitAgain(
  { boss, db }: Given,
  { id, fence }: TakenJob,
  change: (running: JobWithMetadata<JobData>) => { data: JobData; startAfter: Date; output: object | null },
): Promise<boolean> {
  const [running] = await boss.findJobs<JobData>(jobsQueue, { id, db });
  if (running === undefined) return false;
  const { data, startAfter, output } = change(running);
  if (!isAffected(await boss.fail(jobsQueue, { id, retryCount: fence }, output, { db }))) return false;
  await boss.update(jobsQueue, data, { id, startAfter, db });
  return true;
}

/** By hand: pg-boss's own dead letters come when its retries run out, of which it counts interruptions as well. */
async function bury({ boss, db }: Given, taken: TakenJob, fault: string): Promise<boolean> {
  if (!isAffected(await boss.deleteJob(jobsQueue, attempt(taken), { db }))) return false;
  const { job, key, attempts } = taken;
  const data: DeadData = { kind: job.kind, payload: toColumn(job.payload), key, attempts: attempts + 1, fault };
  await boss.send(deadQueue, data, { db });
  return true;
}

async function revive(at: Given, id: string, runAt: Date): Promise<boolean> {
  const { boss, db } = at;
  if (!/^[0-9a-f-]{36}$/.test(id)) return false;
  const dead = await boss.getJobById<DeadData>(deadQueue, id, { db });
  if (dead === null || !isAffected(await boss.deleteJob(deadQueue, id, { db }))) return false;
  await add(at, jobOf(dead.data), { key: dead.data.key, replace: false, runAt });
  return true;
}

async function handBack(at: Given, jobs: readonly TakenJob[]): Promise<void> {
  for (const taken of jobs) {
    // pg-boss counts it as a try, which it is not.
    await waitAgain(at, taken, ({ data, startAfter }) => ({
      data: { ...data, base: data.base + 1 },
      startAfter,
      output: null,
    }));
  }
}

/** How often it is said that a job still runs, in milliseconds: several times in the 10 s after which it is taken for abandoned. */
const touchMs = 2_000;

function createBeat(access: Access, boss: PgBoss): JobTable['beat'] {
  let touched = 0;
  return async (jobs): Promise<Beat> => {
    if (performance.now() - touched >= touchMs) {
      touched = performance.now();
      await access.writeBeside(null, (db) => boss.touch(jobsQueue, jobs.map(attempt), { db: given(db, boss).db }));
    }
    const running = await access.read((db) => stillRunning(db, jobs));
    return {
      lost: new Set(jobs.filter(({ id }) => !running.has(id)).map(({ id }) => id)),
      replaced: new Set(jobs.filter(({ id }) => running.get(id) === true).map(({ id }) => id)),
    };
  };
}
