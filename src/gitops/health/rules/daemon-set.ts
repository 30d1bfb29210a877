import { type JsonObject, pick, pickText } from '../../../model/json.ts';
import { numberAt } from '../fields.ts';
import { type Assessment, type HealthRule, healthy, progressing } from '../rule.ts';
import { failingPods, withHindrance } from './new-pods.ts';

/** Every node that should have a pod has an available one of the newest template; no such node is fine too. */
export const daemonSet: HealthRule = {
  group: 'apps',
  kind: 'DaemonSet',
  assess(object, context) {
    return failingPods(context) ?? withHindrance(byCounts(object), context);
  },
};

function byCounts(object: JsonObject): Assessment {
  if (pick(object, 'status', 'observedGeneration') === undefined)
    return progressing('NotObserved', 'Its controller has not looked at it yet.');
  const wanted = numberAt(object, 'status', 'desiredNumberScheduled');
  const updated = numberAt(object, 'status', 'updatedNumberScheduled');
  const available = numberAt(object, 'status', 'numberAvailable');
  if (available < wanted) return progressing('NotAvailable', `${available} of ${wanted} pods are available.`);
  if (updated >= wanted) return healthy();
  const said = `${updated} of ${wanted} pods are of the new template`;
  if (pickText(object, 'spec', 'updateStrategy', 'type') === 'OnDelete')
    return healthy(`${said}; the others change when they are deleted.`);
  return progressing('Updating', `${said}.`);
}
