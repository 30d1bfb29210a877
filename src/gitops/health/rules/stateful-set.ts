import { type JsonObject, pick, pickText } from '../../../model/json.ts';
import { numberAt, wantedReplicas } from '../fields.ts';
import { type Assessment, type HealthRule, healthy, progressing } from '../rule.ts';
import { failingPods, withHindrance } from './new-pods.ts';

/** All pods beyond the partition are of the newest revision and available. With OnDelete a person decides about old ones. */
export const statefulSet: HealthRule = {
  group: 'apps',
  kind: 'StatefulSet',
  assess(object, context) {
    return failingPods(context) ?? withHindrance(byCounts(object), context);
  },
};

function byCounts(object: JsonObject): Assessment {
  const wanted = wantedReplicas(object);
  const ready = numberAt(object, 'status', 'readyReplicas');
  const available = numberAt(object, 'status', 'availableReplicas');
  if (pick(object, 'status', 'observedGeneration') === undefined)
    return progressing('NotObserved', 'Its controller has not looked at it yet.');
  if (ready < wanted) return progressing('NotReady', `${ready} of ${wanted} pods are ready.`);
  if (available < wanted) return progressing('NotAvailable', `${available} of ${wanted} pods are available.`);
  if (numberAt(object, 'status', 'replicas') > wanted)
    return progressing('RemovingOld', 'Extra pods have not ended yet.');
  return byRevision(object, wanted);
}

function byRevision(object: JsonObject, wanted: number): Assessment {
  const updated = numberAt(object, 'status', 'updatedReplicas');
  const [current, newest] = ['currentRevision', 'updateRevision'].map((key) => pickText(object, 'status', key));
  if (current === newest) return healthy();
  if (pickText(object, 'spec', 'updateStrategy', 'type') === 'OnDelete')
    return healthy(`${updated} of ${wanted} pods are of the new template; the others change when they are deleted.`);
  const partition = numberAt(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition');
  const due = Math.max(0, wanted - partition);
  if (updated < due) return progressing('Updating', `${updated} of ${due} pods are of the new template.`);
  if (partition > 0) return healthy(`${updated} of ${wanted} pods are of the new template, as the partition says.`);
  return progressing('Updating', 'The new revision is not the current one yet.');
}
