import { pick, pickText } from '../../../model/json.ts';
import { failed, type HealthRule, healthy, progressing, suspended } from '../rule.ts';
import { failingPods, withHindrance } from './new-pods.ts';

/** Its phase is Healthy. An aborted one runs the old version again while Git says the new one: a failure. */
export const argoRollout: HealthRule = {
  group: 'argoproj.io',
  kind: 'Rollout',
  assess(object, context) {
    const message = pickText(object, 'status', 'message') || null;
    if (pick(object, 'status', 'abort') === true) return failed('RolloutAborted', message);
    const phase = pickText(object, 'status', 'phase') ?? '';
    if (phase === 'Degraded') return failed('Degraded', message);
    if (phase === 'Healthy') return healthy();
    const failing = failingPods(context);
    if (failing !== null) return failing;
    if (phase === 'Paused') return suspended('Paused', message ?? 'It waits for a promotion.');
    return withHindrance(progressing(phase || 'NotObserved', message), context);
  },
};
