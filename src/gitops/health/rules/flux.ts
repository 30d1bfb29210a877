import { type JsonObject, pick } from '../../../model/json.ts';
import { type Condition, conditionOf } from '../fields.ts';
import { type Assessment, healthy, progressing, suspended } from '../rule.ts';

/**
 * What all Flux objects share: suspended, or what Ready says; `judge` decides about Ready=False and gives null when the
 * controller may still succeed.
 */
export function byFluxReady(object: JsonObject, judge: (ready: Condition) => Assessment | null): Assessment {
  if (pick(object, 'spec', 'suspend') === true) return suspended('Suspended', 'spec.suspend is true.');
  const ready = conditionOf(object, 'Ready');
  if (ready === null) return progressing('NotObserved', 'Its controller has not reported on it yet.');
  if (ready.status === 'True') return healthy();
  const judged = ready.status === 'False' ? judge(ready) : null;
  return judged ?? progressing(ready.reason, ready.message);
}
