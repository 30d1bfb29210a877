import { numberAt, wantedReplicas } from '../fields.ts';
import { type HealthRule, healthy, progressing } from '../rule.ts';
import { failingPods, replicaFailure, withHindrance } from './new-pods.ts';

/** As many pods are available as wanted. */
export const replicaSet: HealthRule = {
  group: 'apps',
  kind: 'ReplicaSet',
  assess(object, context) {
    const failing = failingPods(context) ?? replicaFailure(object, context.now);
    if (failing !== null) return failing;
    const wanted = wantedReplicas(object);
    const available = numberAt(object, 'status', 'availableReplicas');
    if (available >= wanted) return healthy();
    return withHindrance(progressing('NotAvailable', `${available} of ${wanted} pods are available.`), context);
  },
};
