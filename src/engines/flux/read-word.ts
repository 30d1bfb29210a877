import type { HealthState, ObjectHealth } from '../../model/health.ts';
import { clip, isBeyondCommit } from './blame.ts';
import { judgeStalled } from './decision.ts';
import type { Condition } from './flux-object.ts';
import type { HelmChart } from './helm-release.ts';
import type { Reconciler } from './list-objects.ts';
import type { Standing } from './revision.ts';

/** What Flux says of something, in our words. */
export type Word = Pick<ObjectHealth, 'state' | 'reason' | 'message'>;

interface Circumstances {
  /** How what was tried last stands to the commit. */
  readonly standing: Standing;
  readonly chart: HelmChart | null;
  /** What we found of all its objects ourselves. */
  readonly seen: HealthState;
}

/** Reasons that tell of no failure yet. */
const underWay = new Set(['DependencyNotReady', 'HealthCheckCanceled', 'Progressing', 'Suspended']);

/** What Flux says of a Kustomization or HelmRelease. A word about another commit is none about ours. */
export function readWord(reconciler: Reconciler, circumstances: Circumstances): Word {
  const { ready, title } = reconciler;
  if (circumstances.standing === 'other' || isBehindChart(reconciler, circumstances))
    return { state: 'progressing', reason: 'Stale', message: `${title} has not tried the commit yet.` };
  if (ready?.status === 'True') return { state: 'healthy', reason: null, message: null };
  if (ready?.status !== 'False') return { state: 'progressing', reason: 'Progressing', message: `${title} works.` };
  const fault = (reconciler.kind === 'helm-release' ? reconciler.fault : null) ?? ready;
  const message = clip(fault.message, 1000);
  return { state: stateOf(reconciler, fault, circumstances), reason: fault.reason, message };
}

function isBehindChart(reconciler: Reconciler, { chart }: Circumstances): boolean {
  return reconciler.kind === 'helm-release' && reconciler.attempted !== chart?.version;
}

function stateOf(reconciler: Reconciler, fault: Condition, { standing, seen }: Circumstances): Word['state'] {
  const stalled = judgeStalled(reconciler);
  if (stalled !== null) return stalled.kind === 'failed' && !isBeyondCommit(fault.message) ? 'failed' : 'unknown';
  // A later commit's failure is that one's business.
  if (underWay.has(fault.reason) || standing === 'newer') return 'progressing';
  if (fault.reason === 'HealthCheckFailed') return judgeChecks(fault.message, seen);
  return isBeyondCommit(fault.message) ? 'unknown' : 'failed';
}

/**
 * Running out of time is no failure, and a failure it saw may be over when all looks sound: it looks again by itself. What it calls
 * stalled is, of a Deployment, nothing but its progress deadline.
 */
function judgeChecks(message: string, seen: HealthState): Word['state'] {
  const isSound = seen === 'healthy' || seen === 'progressing';
  return message.includes('failed early due to stalled resources') && !isSound ? 'failed' : 'progressing';
}
