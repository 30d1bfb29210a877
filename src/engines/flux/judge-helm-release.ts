import { clip, isBeyondCommit } from './blame.ts';
import { judgeStalled, type StepDecision, type StepFacts, wait } from './decision.ts';
import type { Condition } from './flux-object.ts';
import type { HelmChart, HelmRelease } from './helm-release.ts';
import { isRequestedBy } from './request.ts';

type Facts = StepFacts<HelmRelease>;

/** Milliseconds between looks: while it works, and while it will try again by itself. */
const pauses = { working: 500, waiting: 2000 };

/** Reasons of a release that failed. */
const faults = new Set([
  'InstallFailed',
  'UpgradeFailed',
  'TestFailed',
  'RollbackFailed',
  'RollbackSucceeded',
  'UninstallFailed',
  'UninstallSucceeded',
  'ArtifactFailed',
]);

/** What to do about a HelmRelease whose source serves the commit: its chart is packed first, then it is asked once. */
export function judgeHelmRelease(facts: Facts): StepDecision {
  const { reconciler, chart, work, notes } = facts;
  const packing = judgeChart(facts);
  if (packing !== null || chart === null) return packing ?? wait(reconciler, 'has no HelmChart yet', pauses.working);
  if (!notes.isRequested && !isRequestedBy(reconciler, work)) {
    const note = `${reconciler.title} installs version ${chart.version}.`;
    return { kind: 'request', object: reconciler, note, afterMs: pauses.working };
  }
  if (!reconciler.isHandled) return wait(reconciler, describe(reconciler), pauses.working);
  return judgeRelease(facts, chart);
}

function judgeChart(facts: Facts): StepDecision | null {
  const { chart, standing, reconciler, source } = facts;
  if (chart === null || standing.chart === 'other')
    return wait(reconciler, 'waits for its chart to be packed', pauses.working);
  const { ready } = chart;
  if (ready?.status === 'False') return judgeUnpacked(facts, chart);
  if (ready?.status !== 'True' || chart.version === '') return wait(chart, 'is packed', pauses.working);
  const isOld = Date.parse(chart.packedAt) < Date.parse(source.fetchedAt);
  if (reconciler.takesEveryCommit || !isOld || facts.notes.wasApplied === true) return null;
  const reason = `${reconciler.title} takes a chart only with a new version, and version ${chart.version} was there before: raise it in Chart.yaml, or set reconcileStrategy to Revision.`;
  return { kind: 'refused', reason };
}

function judgeUnpacked({ standing }: Facts, chart: HelmChart): StepDecision {
  const message = clip(chart.ready?.message ?? '', 1000);
  const isOurs = standing.chart === 'exact' && !isBeyondCommit(message);
  if (!isOurs) return wait(chart, `cannot be packed: ${clip(message, 300)}`, pauses.waiting);
  const reason = `${chart.title} failed (${chart.ready?.reason}): ${message}.`;
  return { kind: 'failed', reason, resource: null };
}

function judgeRelease({ reconciler }: Facts, chart: HelmChart): StepDecision {
  const { ready, isObserved, attempted, fault } = reconciler;
  const isOurs = attempted === chart.version;
  if (isOurs && ready?.status === 'True' && isObserved) return { kind: 'done' };
  if (!isOurs || fault === null) return wait(reconciler, describe(reconciler), pauses.working);
  return isBeyondCommit(fault.message) ? judgeBeyondCommit(reconciler, fault) : judgeFault(reconciler, fault);
}

/** Nothing is tried again once it was taken back or given up: a person must look, but the commit is not to blame. */
function judgeBeyondCommit(reconciler: HelmRelease, fault: Condition): StepDecision {
  const { stalled, remediated } = reconciler;
  if (stalled === null && remediated === null) return wait(reconciler, describe(reconciler), pauses.waiting);
  return { kind: 'refused', reason: reasonOf(reconciler, 'ended early', fault) };
}

function judgeFault(reconciler: HelmRelease, fault: Condition): StepDecision {
  const stalled = judgeStalled(reconciler);
  if (stalled !== null) return stalled;
  // One that was taken back has failed; another may be tried again.
  if (reconciler.remediated === null && !faults.has(fault.reason))
    return wait(reconciler, describe(reconciler), pauses.waiting);
  return { kind: 'failed', reason: reasonOf(reconciler, 'failed', fault), resource: null };
}

function reasonOf({ title, remediated }: HelmRelease, verb: string, { reason, message }: Condition): string {
  const back = remediated === null ? '' : `; ${clip(remediated.message, 300)}`;
  return `${title} ${verb} (${reason}): ${clip(message, 1000)}${back}.`;
}

function describe({ ready, reconciling }: HelmRelease): string {
  if (ready?.status === 'False') return `does not get on (${ready.reason}): ${clip(ready.message, 300)}`;
  return reconciling === null ? 'has not begun' : clip(`works: ${reconciling.message}`, 300);
}
