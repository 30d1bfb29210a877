import { conditionOf } from '../fields.ts';
import { failed, type HealthRule, healthy, progressing } from '../rule.ts';

/** Its names are accepted and the server serves it. */
export const customResourceDefinition: HealthRule = {
  group: 'apiextensions.k8s.io',
  kind: 'CustomResourceDefinition',
  assess(object) {
    const names = conditionOf(object, 'NamesAccepted');
    if (names?.status === 'False') return failed(names.reason, names.message);
    const established = conditionOf(object, 'Established');
    if (established?.status === 'True') return healthy();
    return progressing(established?.reason ?? 'NotEstablished', established?.message ?? 'It is not served yet.');
  },
};
