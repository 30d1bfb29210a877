import { type JsonObject, pick } from '../../../model/json.ts';
import { type Condition, conditionOf, numberAt, wantedReplicas } from '../fields.ts';
import {
  type Assessment,
  failed,
  type HealthContext,
  type HealthRule,
  healthy,
  progressing,
  suspended,
} from '../rule.ts';
import { failingPods, notReady, replicaFailure, withHindrance } from './new-pods.ts';

/** All pods are of the newest template and available; extra pods of a surge have gone. */
export const deployment: HealthRule = {
  group: 'apps',
  kind: 'Deployment',
  assess(object, context) {
    if (pick(object, 'spec', 'paused') === true) return suspended('Paused', 'spec.paused is true.');
    const progress = conditionOf(object, 'Progressing');
    const early = failingPods(context) ?? replicaFailure(object, context.now);
    if (early !== null) return early;
    const isOverdue = progress?.status === 'False' && progress.reason === 'ProgressDeadlineExceeded';
    return withHindrance(isOverdue ? overdue(progress, context) : byCounts(object), context);
  },
};

/** Its deadline is a clock: it is a failure only with a cause that the newest pods show. */
function overdue({ reason, message }: Condition, context: HealthContext): Assessment {
  const cause = notReady(context);
  return cause === null ? progressing(reason, message) : failed(reason, [message, cause].join(' ').trim());
}

function byCounts(object: JsonObject): Assessment {
  const wanted = wantedReplicas(object);
  const updated = numberAt(object, 'status', 'updatedReplicas');
  const old = numberAt(object, 'status', 'replicas') - updated;
  const available = numberAt(object, 'status', 'availableReplicas');
  if (pick(object, 'status', 'observedGeneration') === undefined)
    return progressing('NotObserved', 'Its controller has not looked at it yet.');
  if (updated < wanted) return progressing('Updating', `${updated} of ${wanted} pods are of the new template.`);
  if (old > 0)
    return progressing(
      'RemovingOld',
      old === 1 ? '1 old pod has not ended yet.' : `${old} old pods have not ended yet.`,
    );
  if (available < wanted) return progressing('NotAvailable', `${available} of ${wanted} pods are available.`);
  const isAvailable = conditionOf(object, 'Available');
  return isAvailable?.status === 'False' ? progressing(isAvailable.reason, isAvailable.message) : healthy();
}
