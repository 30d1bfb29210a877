import type { AuditEntry } from '../../model/audit.ts';
import type { Drift } from '../../model/drift.ts';
import { FairleadError } from '../../model/error.ts';
import type { JobPayloads } from '../../model/jobs.ts';
import { boardJob, driftJob, healJob, sweepJob } from '../../model/queued.ts';
import type { RepoRef } from '../../model/repo.ts';
import { deployedBranches } from '../../model/settings.ts';
import { insideOf } from '../../model/tenancy.ts';
import { type Baseline, baselineOf, targetsOf } from './baseline.ts';
import { driftRows } from './compare.ts';
import { type DriftTools, lookKey } from './tools.ts';
import { wakeMerges, wakePulls, wakeUnfinished } from './unfinished.ts';

/** Looks at which targets a repository has and has each compared; then again after a while, whatever comes of this look. */
export async function sweep(
  { repo, branch }: JobPayloads['sweep'],
  tools: DriftTools,
  signal: AbortSignal,
): Promise<void> {
  if (branch !== undefined) return sweepFor(branch, repo, tools, signal);
  const next = sweepJob(repo, new Date(tools.now().getTime() + tools.every));
  await tools.queue.add(null, next.job, next);
  await wakeUnfinished(repo, tools);
  const { inForce, targets } = await targetsOf(repo, tools, signal);
  await note(repo, settingsLook, inForce.problem, tools);
  await wakeMerges(repo, inForce, tools);
  await wakePulls(repo, inForce, tools);
  for (const { id } of targets) {
    const { job, ...options } = driftJob(repo, id, 'sweep');
    await tools.queue.add(null, job, { ...options, replace: false });
  }
}

/** Most branches that move are those of pulls: nothing is deployed from them, and nothing to be looked at for them. */
async function sweepFor(branch: string, repo: RepoRef, tools: DriftTools, signal: AbortSignal): Promise<void> {
  if (!deployedBranches(await tools.settings(repo, signal)).has(branch)) return;
  const now = sweepJob(repo);
  await tools.queue.add(null, now.job, now);
}

/**
 * Compares a target with what it should be. Drift is what differs although nothing was merged: the engine's prediction of the same
 * commit on both sides. In enforce mode it is put right as the settings say; in observe it is only told.
 */
export async function compareTarget(job: JobPayloads['drift'], tools: DriftTools, signal: AbortSignal): Promise<void> {
  try {
    await compare(job, tools, signal);
  } catch (error) {
    if (error instanceof FairleadError && !signal.aborted) await note(job.repo, job.target, error.message, tools);
    throw error;
  }
}

/** Under this name a look at the settings is remembered beside those at targets; no target can be called so. */
const settingsLook = ':settings';

/** Remembers what came of a look, and has the board written when that is news. */
async function note(repo: RepoRef, target: string, error: string | null, tools: DriftTools): Promise<void> {
  const key = lookKey(repo, target);
  const before = tools.looks.get(key);
  tools.looks.set(key, { error });
  if (before !== undefined && before.error === error) return;
  const { job, ...options } = boardJob(repo);
  await tools.queue.add(null, job, options);
}

async function compare(
  { repo, target, wake }: JobPayloads['drift'],
  tools: DriftTools,
  signal: AbortSignal,
): Promise<void> {
  const baseline = await baselineOf(repo, target, tools, signal);
  if (baseline === null) return;
  const ids = insideOf(baseline.reach, baseline.desired).map(({ id }) => id);
  tools.watch({ repo, target, place: baseline.place, ids });
  const { engine, desired, declared, commit, isDeployed } = baseline;
  const subject = { id: target, ...parts(baseline), digest: null, error: null };
  const set = await engine.predict(subject, { base: desired, head: desired, declared }, signal);
  const open = await tools.store.drift.find({ repo, target, open: true });
  const rows = driftRows({
    ...{
      repo,
      target: baseline.target,
      commit,
      manager: engine.manager,
      set,
      now: tools.now(),
      open,
      redact: tools.redact,
    },
  });
  await write(rows, open, { baseline, repo, isDeployed, wake }, tools);
  await note(repo, target, set.error, tools);
}

function parts({ target: { application, environment, cluster } }: Baseline) {
  return { application, environment, cluster };
}

interface Context {
  readonly baseline: Baseline;
  readonly repo: Drift['repo'];
  readonly isDeployed: boolean;
  /** A sweep asks again for what was not put right, such as while everything was paused. */
  readonly wake: string;
}

async function write(
  rows: readonly Drift[],
  open: readonly Drift[],
  context: Context,
  tools: DriftTools,
): Promise<void> {
  const { store, queue } = tools;
  const known = new Map(open.map((row) => [row.id, row]));
  const news = rows.filter((row) => isNews(row, known.get(row.id)));
  await store.transaction(async (tx) => {
    for (const row of rows) await store.drift.save(tx, row);
    for (const row of news) await store.audit.append(tx, { actor: 'fairlead', ...auditOf(row) });
    for (const next of follow(context.wake === 'sweep' ? rows : news, context)) await queue.add(tx, next.job, next);
  });
}

function auditOf({ id, target, resource, path, owner, resolvedAt, resolution }: Drift): Omit<AuditEntry, 'actor'> {
  const manager = owner === null ? null : `${owner.manager} (${owner.operation})`;
  const data = { target, kind: resource.kind, name: resource.name, path, manager, resolution };
  return { action: resolvedAt === null ? 'drift-seen' : 'drift-ended', subject: id, data };
}

function isNews(row: Drift, before: Drift | undefined): boolean {
  if (before === undefined || row.resolvedAt !== null) return true;
  return row.live !== before.live || row.git !== before.git || row.owner?.manager !== before.owner?.manager;
}

/** What is done about rows: the board is written; a field is put right where the owner of the repository wants that. */
function follow(rows: readonly Drift[], { baseline, repo, isDeployed }: Context) {
  if (rows.length === 0) return [];
  const { settings } = baseline.inForce;
  const action = settings.environments.get(baseline.target.environment)?.onDrift.action ?? 'report';
  const fresh = rows.filter(({ resolvedAt }) => resolvedAt === null);
  if (settings.mode === 'observe' || action === 'report' || !isDeployed) return [boardJob(repo)];
  const how = action === 'heal' ? 'heal' : 'adopt';
  const heals = fresh.map(({ id }) => healJob(repo, { drift: id, actor: 'fairlead', how, asked: null }));
  return [...heals, boardJob(repo)];
}
