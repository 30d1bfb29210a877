import { type JsonObject, pick } from '../../../model/json.ts';
import { conditionOf, numberAt } from '../fields.ts';
import {
  type Assessment,
  failed,
  type HealthContext,
  type HealthRule,
  healthy,
  progressing,
  suspended,
} from '../rule.ts';
import { failingPods, withHindrance } from './new-pods.ts';

/** Complete. A running job is under way, unlike in kstatus, which calls it current. */
export const job: HealthRule = {
  group: 'batch',
  kind: 'Job',
  assess(object, context) {
    for (const type of ['Failed', 'FailureTarget']) {
      const condition = conditionOf(object, type);
      if (condition?.status === 'True') return failed(condition.reason, condition.message);
    }
    if (conditionOf(object, 'Complete')?.status === 'True') return healthy();
    if (pick(object, 'spec', 'suspend') === true) return suspended('Suspended', 'spec.suspend is true.');
    return neverStarts(context) ?? withHindrance(running(object), context);
  },
};

/** A crash is the job's own affair, which counts its retries; a container that cannot start is never counted. */
function neverStarts(context: HealthContext): Assessment | null {
  const failing = failingPods(context);
  return failing !== null && /Image|Config|CreateContainer/.test(failing.reason ?? '') ? failing : null;
}

function running(object: JsonObject): Assessment {
  const [active, ended] = [numberAt(object, 'status', 'active'), numberAt(object, 'status', 'failed')];
  return progressing('Running', `${active} pods run, ${ended} have failed so far.`);
}
