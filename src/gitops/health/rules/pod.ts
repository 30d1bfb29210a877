import { type JsonObject, pickText } from '../../../model/json.ts';
import { conditionOf } from '../fields.ts';
import { type Assessment, failed, type HealthContext, type HealthRule, healthy, progressing } from '../rule.ts';
import { containerFacts, containerStatuses } from '../trouble.ts';
import { failingPods, withHindrance } from './new-pods.ts';

/** Ready, or ended well. A pod that ended badly failed, unlike in kstatus, which calls it current. */
export const pod: HealthRule = {
  group: '',
  kind: 'Pod',
  assess(object, context) {
    const phase = pickText(object, 'status', 'phase') ?? 'Pending';
    if (phase === 'Succeeded') return healthy();
    if (phase === 'Failed') return ended(object);
    return alive(object, context, phase);
  },
};

function ended(object: JsonObject): Assessment {
  const bad = containerStatuses(object)
    .map((status) => containerFacts(object, status))
    .find(({ exitCode }) => exitCode !== null && exitCode !== 0);
  const said = bad === undefined ? null : `Container ${bad.container} ended with exit code ${bad.exitCode}.`;
  return failed(pickText(object, 'status', 'reason') ?? 'PodFailed', pickText(object, 'status', 'message') || said);
}

function alive(object: JsonObject, context: HealthContext, phase: string): Assessment {
  const failing = failingPods({ ...context, pods: [object] });
  if (failing !== null) return failing;
  const ready = conditionOf(object, 'Ready');
  if (ready?.status === 'True') return healthy();
  const waits = progressing(ready?.reason ?? phase, ready?.message ?? `Its phase is ${phase}.`);
  return withHindrance(waits, { ...context, pods: [object] });
}
