import { refuseUntouchable, type StepDecision, type StepFacts } from './decision.ts';
import { judgeHelmRelease } from './judge-helm-release.ts';
import { judgeKustomization } from './judge-kustomization.ts';
import { judgeSource } from './judge-source.ts';
import { forbidPruning, hasReplacedInventory } from './stale-objects.ts';

/** Decides what to do about one Kustomization or HelmRelease. Pure; doing it twice does no harm. */
export function decideStep(facts: StepFacts): StepDecision {
  return refuseUntouchable(facts.reconciler) ?? refuseDeletes(facts) ?? judgeSource(facts) ?? judgeReconciler(facts);
}

/** Only before the commit is tried: what Flux has deleted by itself meanwhile is told by the counts. */
function refuseDeletes({ reconciler, notes, work, standing }: StepFacts): StepDecision | null {
  if (reconciler.kind !== 'kustomization' || hasReplacedInventory(reconciler, standing)) return null;
  const reason = forbidPruning(reconciler.title, notes.stale, work);
  return reason === null ? null : { kind: 'refused', reason };
}

function judgeReconciler(facts: StepFacts): StepDecision {
  const { reconciler } = facts;
  return reconciler.kind === 'kustomization'
    ? judgeKustomization({ ...facts, reconciler })
    : judgeHelmRelease({ ...facts, reconciler });
}
