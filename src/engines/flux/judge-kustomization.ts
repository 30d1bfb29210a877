import { blamedResource, clip, isBeyondCommit } from './blame.ts';
import { judgeStalled, type StepDecision, type StepFacts, wait } from './decision.ts';
import type { Kustomization } from './kustomization.ts';
import { isRequestedBy } from './request.ts';

type Facts = StepFacts<Kustomization>;

/** Milliseconds between looks: while it works, and while it waits for something else or will try again by itself. */
const pauses = { working: 300, waiting: 2000 };

/** Reasons of a run that failed at what the commit holds. */
const faults = new Set(['BuildFailed', 'ReconciliationFailed', 'PruneFailed']);

/**
 * What to do about a Kustomization whose source serves the commit. It is asked once, although it follows its source by itself:
 * the answer tells that a whole run has ended.
 */
export function judgeKustomization(facts: Facts): StepDecision {
  const { reconciler, work, notes } = facts;
  if (!notes.isRequested && !isRequestedBy(reconciler, work)) {
    return {
      kind: 'request',
      object: reconciler,
      note: `${reconciler.title} applies the commit.`,
      afterMs: pauses.working,
    };
  }
  if (isWritten(facts)) return { kind: 'done' };
  if (!reconciler.isHandled) return wait(reconciler, describe(facts), pauses.working);
  return judgeStalled(reconciler) ?? judgeEnd(facts);
}

/**
 * Whether all objects of the commit, or of a later one, are written. Its own checks of health come after that, so they are not
 * waited for, and when they fail we look ourselves: that names pods and reasons.
 */
function isWritten({ reconciler, standing, notes }: Facts): boolean {
  const { ready, isObserved, isHandled } = reconciler;
  // A run that checks health of a commit that was there before may have begun before it was asked.
  const isRunOurs = isHandled || notes.wasApplied !== true;
  if (isRunOurs && standing.attempted !== 'other' && checksHealth(reconciler)) return true;
  if (!isHandled || ready === null) return false;
  if (ready.status === 'True') return isObserved && standing.applied !== 'other';
  return ready.status === 'False' && ready.reason === 'HealthCheckFailed' && standing.attempted !== 'other';
}

function checksHealth({ reconciling }: Kustomization): boolean {
  return reconciling?.message.startsWith('Running health checks for revision ') === true;
}

function judgeEnd(facts: Facts): StepDecision {
  const { reconciler, work } = facts;
  const { ready, title } = reconciler;
  if (ready?.status !== 'False') return wait(reconciler, describe(facts), pauses.working);
  const message = clip(ready.message, 1000);
  if (!isOfCommit(facts) || isBeyondCommit(message)) return wait(reconciler, describe(facts), pauses.waiting);
  const known = [...work.desired.map(({ id }) => id), ...reconciler.inventory];
  const reason = `${title} failed (${ready.reason}): ${message}.`;
  return { kind: 'failed', reason, resource: blamedResource(message, known) };
}

/** Whether the last run failed at exactly this commit. A folder that is not there ends it before it notes what it tries. */
function isOfCommit({ reconciler, standing }: Facts): boolean {
  const { ready } = reconciler;
  if (ready === null) return false;
  if (ready.reason === 'ArtifactFailed')
    return standing.source === 'exact' && ready.message.startsWith('kustomization path not found');
  return standing.attempted === 'exact' && faults.has(ready.reason);
}

function describe({ reconciler, standing }: Facts): string {
  const { ready, reconciling } = reconciler;
  if (ready?.status === 'False') {
    const whose = standing.attempted === 'newer' ? 'fails at a later commit' : 'does not get on';
    return `${whose} (${ready.reason}): ${clip(ready.message, 300)}`;
  }
  return reconciling === null ? 'has not begun' : clip(`works: ${reconciling.message}`, 300);
}
