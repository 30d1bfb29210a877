import { pick } from '../../../model/json.ts';
import { numberAt } from '../fields.ts';
import { type HealthRule, healthy } from '../rule.ts';

/** Stored is healthy; that no pod may be evicted now is told. */
export const podDisruptionBudget: HealthRule = {
  group: 'policy',
  kind: 'PodDisruptionBudget',
  assess(object) {
    const isKnown = pick(object, 'status', 'expectedPods') !== undefined;
    const allowed = numberAt(object, 'status', 'disruptionsAllowed');
    const isTight = isKnown && numberAt(object, 'status', 'expectedPods') > 0 && allowed === 0;
    return healthy(isTight ? 'It lets no pod be evicted now.' : null);
  },
};
