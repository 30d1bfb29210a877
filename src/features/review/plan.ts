import type { PlanTarget } from '../../model/plan.ts';
import type { TargetFacts } from './target.ts';

/** The part of a plan each target of a review gives: what was shown, for a deploy to be held to. */
export function planTargets(targets: readonly TargetFacts[]): readonly PlanTarget[] {
  return targets.map(({ target, changes, plan }) => ({
    id: target.id,
    application: target.application,
    environment: target.environment,
    cluster: target.cluster,
    digest: plan?.digest ?? null,
    objects: plan?.objects ?? {},
    deletes: plan?.deletes ?? [],
    takeovers: plan?.takeovers ?? [],
    changes: changes.filter(({ part }) => part === 'pull'),
  }));
}
