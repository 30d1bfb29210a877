import { setTimeout as delay } from 'node:timers/promises';
import type { EngineStep, EngineWork } from '../../engines/engine.ts';
import type { Drift } from '../../model/drift.ts';
import { FairleadError } from '../../model/error.ts';
import type { Json } from '../../model/json.ts';
import { repoKey } from '../../model/repo.ts';
import { resourceKey } from '../../model/resource.ts';
import type { Lease } from '../../world/store/store.ts';
import type { Baseline } from './baseline.ts';
import { isFoughtOver } from './fought-over.ts';
import { type Doing, refuse, tellDone, told } from './told.ts';
import type { DriftTools } from './tools.ts';
import { whyDrifted } from './why-drifted.ts';

/** How long a target is held for one step, and the longest pause between two, in milliseconds. */
const [leaseTime, longestPause] = [300_000, 5_000];

/** Steps of the engine that putting one object back may take. */
const mostSteps = 50;

/** Puts a drifted object back to what the deployed commit says. Throws `target-busy` while somebody else writes the target. */
export async function heal(row: Drift, baseline: Baseline, doing: Doing): Promise<void> {
  const { job, tools, signal } = doing;
  const { actor } = job;
  const { store } = tools;
  if (actor === 'fairlead' && (await isFoughtOver(row, store.audit, tools.now())))
    return told(row, doing, 'heal-stopped');
  const key = `target:${repoKey(row.repo)}:${row.target}`;
  const lease = await store.leases.take(key, `heal:${row.id}:${actor}`, leaseTime);
  if (lease === null) throw busy(row);
  try {
    const outcome = await applyOne(row, baseline, { tools, signal, lease });
    const why = outcome.kind === 'applied' ? await whyDrifted(row, baseline, doing) : reasonOf(outcome);
    if (why !== null) return await refuse(row, doing, why);
    // Written before the next comparison is asked for: what it finds out about the row comes later, and stands.
    await store.drift.save(null, { ...row, resolution: 'healed' });
    await told(row, doing, 'drift-healed');
    await tellDone(row, doing);
  } finally {
    await store.leases.release(lease);
  }
}

function reasonOf(outcome: EngineStep): string {
  return outcome.kind === 'refused' || outcome.kind === 'failed' ? outcome.reason : '';
}

/** Applies the one object as the deployed commit has it; the fields somebody else took are taken back. */
async function applyOne(
  row: Drift,
  { desired, engine, target, commit, application }: Baseline,
  { tools, signal, lease }: { readonly tools: DriftTools; readonly signal: AbortSignal; readonly lease: Lease },
): Promise<EngineStep> {
  const own = desired.filter(({ id }) => resourceKey(id) === resourceKey(row.resource));
  if (own.length === 0) return { kind: 'refused', journal: null, reason: 'Git does not want the object any more.' };
  const url = await tools.cloneUrl(row.repo);
  const { id, environment, cluster } = target;
  const work: EngineWork = {
    // A name of its own for each time: controllers do once what a deployment asks for.
    ...{ deployment: `${row.id}.${lease.fence}`, repo: row.repo, urls: [url], root: application.root },
    ...{ branch: target.branch, commit },
    target: { id, application: target.application, environment, cluster, digest: null, error: null },
    ...{
      desired: own,
      deletes: [],
      confirmed: false,
      takeovers: own.map(({ id }) => ({ key: resourceKey(id), fields: 'all' })),
    },
  };
  let journal: Json = null;
  for (let steps = 0; steps < mostSteps; steps += 1) {
    if (!(await tools.store.leases.renew(lease, leaseTime))) throw busy(row);
    const step = await engine.step(work, journal, signal);
    if (step.kind !== 'again') return step;
    journal = step.journal;
    await delay(Math.min(step.afterMs, longestPause), undefined, { signal });
  }
  return { kind: 'refused', journal, reason: 'The engine did not come to an end.' };
}

/** Somebody else writes the target. */
export function busy(row: Drift): FairleadError {
  return new FairleadError({
    code: 'target-busy',
    subject: row.target,
    message: `${row.target} is being deployed.`,
    remedy: 'It is tried again when that has ended.',
  });
}
