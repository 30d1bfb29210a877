import { conditionOf } from '../fields.ts';
import { type HealthRule, healthy, progressing } from '../rule.ts';

/**
 * It can scale and reads its metrics. That it cannot is told and never a failure: metrics come from elsewhere and may come late.
 * Switched off by zero replicas is fine.
 */
export const horizontalPodAutoscaler: HealthRule = {
  group: 'autoscaling',
  kind: 'HorizontalPodAutoscaler',
  assess(object) {
    for (const type of ['AbleToScale', 'ScalingActive']) {
      const condition = conditionOf(object, type);
      if (condition?.status === 'False' && condition.reason !== 'ScalingDisabled')
        return progressing(condition.reason, condition.message);
    }
    return healthy();
  },
};
