import { type Kysely, sql } from 'kysely';
import type { Job, JobKind, JobOptions } from '../../../model/jobs.ts';
import type { DeadJob, KindStats } from '../queue.ts';
import type { Access } from './access.ts';
import { fromColumn, toColumn } from './json-column.ts';
import { priorityOf } from './priorities.ts';
import type { Tables } from './tables.ts';
import type { Beat, JobTable, TakenJob } from './taken-job.ts';

/** The table of jobs. Taking assumes one process that runs jobs, as the server's lock ensures. */
export function createJobTable(access: Access, now: () => Date): JobTable {
  return {
    add: (tx, job, options) => access.write(tx, (db) => add(db, job, { ...options, runAt: options.runAt ?? now() })),
    take: (kinds, at) => take(access, kinds, at),
    beat: (jobs) => access.read((db) => beat(db, jobs)),
    nextDue: (kinds, at) => access.read((db) => nextDue(db, kinds, at)),
    size: () => access.read(size),
    stats: (at) => access.read((db) => stats(db, at)),
    dead: (limit) => access.read((db) => dead(db, limit)),
    revive: (id, at) => access.writeOne(null, (db) => revive(db, id, at)),
    ...settling(access),
  };
}

function settling(access: Access): Pick<JobTable, 'finish' | 'retry' | 'bury' | 'handBack' | 'recover'> {
  return {
    finish: (taken) => access.writeOne(null, (db) => remove(db, taken)),
    retry: (taken, runAt, error) =>
      access.write(null, async (db) => {
        const columns = { state: 'waiting', run_at: runAt.getTime(), attempts: taken.attempts + 1, error } as const;
        return (await isReplaced(db, taken)) ? remove(db, taken) : change(db, taken, columns);
      }),
    bury: (taken, error) =>
      access.writeOne(null, (db) => change(db, taken, { state: 'dead', attempts: taken.attempts + 1, error })),
    handBack: (jobs) =>
      access.write(null, async (db) => {
        for (const taken of jobs) await change(db, taken, { state: 'waiting' });
      }),
    recover: () => access.write(null, recover),
  };
}

async function add(db: Kysely<Tables>, job: Job, options: JobOptions & { readonly runAt: Date }): Promise<void> {
  const { key, replace, runAt } = options;
  const waiting = await db
    .selectFrom('jobs')
    .select(['id', 'run_at', 'attempts'])
    .where('key', '=', key)
    .where('kind', '=', job.kind)
    .where('state', '=', 'waiting')
    .orderBy('id')
    .execute();
  const [first] = waiting;
  if (first !== undefined && replace === false) {
    const late = waiting.some(({ attempts, run_at }) => attempts > 0 && run_at > runAt.getTime());
    return late ? bringForward(db, { ...options, kind: job.kind }) : undefined;
  }
  const due = replace === 'sooner' && first !== undefined ? Math.min(first.run_at, runAt.getTime()) : runAt.getTime();
  const columns = { payload: toColumn(job.payload), replaces: replace === false ? 0 : 1, run_at: due };
  const fresh = { ...columns, state: 'waiting', attempts: 0, interruptions: 0, error: null, since: null } as const;
  if (first === undefined) {
    const row = { ...fresh, kind: job.kind, key, priority: priorityOf(job.kind) };
    await db.insertInto('jobs').values(row).execute();
    return;
  }
  // In its place in the line: a pull that is pushed to again and again is still reviewed.
  await db.updateTable('jobs').set(fresh).where('id', '=', first.id).execute();
  await db
    .deleteFrom('jobs')
    .where('key', '=', key)
    .where('kind', '=', job.kind)
    .where('state', '=', 'waiting')
    .where('id', '<>', first.id)
    .execute();
}

/** What waits only because it failed is not kept waiting when there is a new reason to do it: what stopped it may be over. */
async function bringForward(
  db: Kysely<Tables>,
  { key, kind, runAt }: { readonly key: string; readonly kind: JobKind; readonly runAt: Date },
): Promise<void> {
  await db
    .updateTable('jobs')
    .set({ run_at: runAt.getTime() })
    .where('key', '=', key)
    .where('kind', '=', kind)
    .where('state', '=', 'waiting')
    .where('attempts', '>', 0)
    .where('run_at', '>', runAt.getTime())
    .execute();
}

async function take(access: Access, kinds: readonly JobKind[], now: Date): Promise<TakenJob | null> {
  for (;;) {
    const id = await access.read((db) => nextInLine(db, kinds, now));
    if (id === null) return null;
    const row = await access.writeOne(null, (db) =>
      db
        .updateTable('jobs')
        .set({ state: 'running', since: sql<number>`coalesce(since, ${now.getTime()})` })
        .where('id', '=', id)
        .where('state', '=', 'waiting')
        .returningAll()
        .executeTakeFirst(),
    );
    // Else it was replaced or taken since it was read.
    if (row !== undefined) return takenOf(row);
  }
}

/** `github:42`, or null: as `repositoryOf`. */
const repository = sql<
  string | null
>`json_extract(payload, '$.repo.forge') || ':' || json_extract(payload, '$.repo.id')`;

async function nextInLine(db: Kysely<Tables>, kinds: readonly JobKind[], now: Date): Promise<number | null> {
  const running = db.selectFrom('jobs').where('state', '=', 'running');
  const due = db
    .selectFrom('jobs')
    .select(['id', 'priority', repository.as('repo')])
    .where('state', '=', 'waiting')
    // An expression, which no index has: SQLite is to walk the line in order, not to sort all that is due for each job.
    .where(sql<number>`run_at + 0`, '<=', now.getTime())
    .where('kind', 'in', [...kinds])
    .where('key', 'not in', running.select('key'));
  const first = await due.orderBy('priority').orderBy('id').limit(1).executeTakeFirst();
  if (first === undefined) return null;
  const counts = await running
    .select([repository.as('repo'), ({ fn }) => fn.countAll<number>().as('count')])
    .where(repository, 'is not', null)
    .groupBy('repo')
    .execute();
  // Only where its repository has its turn already can another go before the first.
  if (counts.every(({ repo }) => repo !== first.repo)) return first.id;
  const turns = sql<number>`case ${sql.join(
    counts.map(({ repo, count }) => sql`when ${repository} = ${repo} then ${count}`),
    sql` `,
  )} else 0 end`;
  const fair = await due
    .where('priority', '=', first.priority)
    .orderBy(turns)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  return fair?.id ?? null;
}

/** Which of the jobs do not run any more as they were taken, and which are to be replaced. */
async function beat(db: Kysely<Tables>, jobs: readonly TakenJob[]): Promise<Beat> {
  const ids = jobs.map(({ id }) => Number(id));
  const rows = await db.selectFrom('jobs').selectAll().where('id', 'in', ids).where('state', '=', 'running').execute();
  const held = new Map(rows.map((row) => [String(row.id), fenceOf(row)]));
  const replaced = await Promise.all(jobs.map((taken) => isReplaced(db, taken)));
  return {
    lost: new Set(jobs.filter(({ id, fence }) => held.get(id) !== fence).map(({ id }) => id)),
    replaced: new Set(jobs.filter((_, index) => replaced[index]).map(({ id }) => id)),
  };
}

/** Changes a job that is still as it was taken; false when it is not. */
async function change(
  db: Kysely<Tables>,
  taken: TakenJob,
  columns: Partial<Pick<Tables['jobs'], 'state' | 'run_at' | 'attempts' | 'error'>>,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('jobs')
    .set(columns)
    .where('id', '=', Number(taken.id))
    .where('state', '=', 'running')
    .where(sql<number>`attempts + interruptions`, '=', taken.fence)
    .executeTakeFirst();
  return numUpdatedRows > 0;
}

async function remove(db: Kysely<Tables>, taken: TakenJob): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('jobs')
    .where('id', '=', Number(taken.id))
    .where('state', '=', 'running')
    .where(sql<number>`attempts + interruptions`, '=', taken.fence)
    .executeTakeFirst();
  return numDeletedRows > 0;
}

async function isReplaced(db: Kysely<Tables>, { key, job }: TakenJob): Promise<boolean> {
  const row = await db
    .selectFrom('jobs')
    .select('id')
    .where('key', '=', key)
    .where('kind', '=', job.kind)
    .where('state', '=', 'waiting')
    .where('replaces', '=', 1)
    .executeTakeFirst();
  return row !== undefined;
}

async function recover(db: Kysely<Tables>): Promise<void> {
  const rows = await db.selectFrom('jobs').selectAll().where('state', '=', 'running').execute();
  for (const row of rows) {
    if (await isReplaced(db, takenOf(row))) await db.deleteFrom('jobs').where('id', '=', row.id).execute();
    else {
      const columns = { state: 'waiting', interruptions: row.interruptions + 1 } as const;
      await db.updateTable('jobs').set(columns).where('id', '=', row.id).execute();
    }
  }
}

async function dead(db: Kysely<Tables>, limit: number): Promise<readonly DeadJob[]> {
  const rows = await db
    .selectFrom('jobs')
    .selectAll()
    .where('state', '=', 'dead')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => {
    const { id, job, key, attempts } = takenOf(row);
    return { id, job, key, attempts, fault: row.error ?? '' };
  });
}

async function revive(db: Kysely<Tables>, id: string, at: Date): Promise<boolean> {
  const counts = { attempts: 0, interruptions: 0, error: null, since: null } as const;
  const fresh = { ...counts, state: 'waiting', run_at: at.getTime() } as const;
  const { numUpdatedRows } = await db
    .updateTable('jobs')
    .set(fresh)
    .where('id', '=', Number(id))
    .where('state', '=', 'dead')
    .executeTakeFirst();
  return numUpdatedRows > 0;
}

async function nextDue(db: Kysely<Tables>, kinds: readonly JobKind[], now: Date): Promise<Date | null> {
  if (kinds.length === 0) return null;
  const row = await db
    .selectFrom('jobs')
    .select('run_at')
    .where('state', '=', 'waiting')
    .where('kind', 'in', [...kinds])
    .where('run_at', '>', now.getTime())
    .orderBy('run_at')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : new Date(row.run_at);
}

async function size(db: Kysely<Tables>): Promise<number> {
  const { count } = await db
    .selectFrom('jobs')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('state', '<>', 'dead')
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function stats(db: Kysely<Tables>, at: Date): Promise<readonly KindStats[]> {
  const count = (state: string) => sql<number>`sum(case when state = ${state} then 1 else 0 end)`;
  const due = sql<number | null>`min(case when state = 'waiting' and run_at <= ${at.getTime()} then run_at end)`;
  const rows = await db
    .selectFrom('jobs')
    .select(['kind', count('waiting').as('waiting'), count('running').as('running'), count('dead').as('dead')])
    .select(due.as('due'))
    .groupBy('kind')
    .orderBy('kind')
    .execute();
  return rows.map(({ kind, waiting, running, dead, due }) => ({
    // Only `add` writes kinds.
    kind: kind as JobKind,
    waiting: Number(waiting),
    running: Number(running),
    dead: Number(dead),
    oldestDueMs: due === null ? null : at.getTime() - Number(due),
  }));
}

type Row = Omit<Tables['jobs'], 'id'> & { readonly id: number };

function takenOf(row: Row): TakenJob {
  const { id, key, attempts, interruptions } = row;
  // Only `add` writes kind and payload, of one job each.
  const job = { kind: row.kind as JobKind, payload: fromColumn<Job['payload']>(row.payload) };
  // One that was not tried yet is not asked when it was.
  const since = new Date(row.since ?? row.run_at);
  return { id: String(id), fence: fenceOf(row), key, job, attempts, interruptions, since };
}

/** Grows with each way a job that was taken comes to be taken again, but for being handed back by whoever had taken it. */
function fenceOf({ attempts, interruptions }: Pick<Row, 'attempts' | 'interruptions'>): number {
  return attempts + interruptions;
}
