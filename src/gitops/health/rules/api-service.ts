import { conditionOf } from '../fields.ts';
import { type HealthRule, healthy, progressing } from '../rule.ts';

/** Its server answers. One that does not may still be starting. */
export const apiService: HealthRule = {
  group: 'apiregistration.k8s.io',
  kind: 'APIService',
  assess(object) {
    const available = conditionOf(object, 'Available');
    if (available?.status === 'True') return healthy();
    return progressing(available?.reason ?? 'NotAvailable', available?.message ?? 'Its server was not asked yet.');
  },
};
