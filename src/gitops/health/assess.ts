import { type JsonObject, pick, pickText } from '../../model/json.ts';
import { conditionOf, dateAt, groupOf, numberAt, objectsAt, secondsSince } from './fields.ts';
import { type Assessment, failed, type HealthContext, healthy, progressing } from './rule.ts';
import { ruleOf } from './rules.ts';

/** A kind without a rule may have a controller that has not looked at the object yet. Seconds. */
const settleSeconds = 5;

/**
 * How one live object fares: first what holds for every kind (it is going away, its controller is behind, busy or stuck), then
 * the rule of its kind, then its Ready condition. The order is kstatus's (sigs.k8s.io/cli-utils pkg/kstatus/status).
 */
export function assess(object: JsonObject, context: HealthContext): Assessment {
  const group = groupOf(object);
  const rule = ruleOf(group, pickText(object, 'kind') ?? '');
  return ofEveryKind(object) ?? rule?.assess(object, context) ?? byReady(object, context, group);
}

function ofEveryKind(object: JsonObject): Assessment | null {
  if (pick(object, 'metadata', 'deletionTimestamp') !== undefined)
    return progressing('Terminating', 'It is being deleted.');
  const generation = numberAt(object, 'metadata', 'generation');
  const observed = observedGeneration(object);
  if (observed !== null && observed < generation)
    return progressing('NotObserved', `Its controller has seen generation ${observed} of ${generation}.`);
  const stalled = conditionOf(object, 'Stalled');
  if (stalled?.status === 'True') return failed(stalled.reason, stalled.message);
  const reconciling = conditionOf(object, 'Reconciling');
  // With this reason the last try is over and failed, and Ready says how: Flux tries again after a while.
  const isRetrying = reconciling?.reason === 'ProgressingWithRetry';
  return reconciling?.status === 'True' && !isRetrying ? progressing(reconciling.reason, reconciling.message) : null;
}

/** Argo Rollouts write it as text; older ones wrote a hash, which says nothing here. */
function observedGeneration(object: JsonObject): number | null {
  const observed = pick(object, 'status', 'observedGeneration');
  if (typeof observed === 'number') return observed;
  return typeof observed === 'string' && /^\d{1,15}$/.test(observed) ? Number(observed) : null;
}

function byReady(object: JsonObject, context: HealthContext, group: string): Assessment {
  const ready = conditionOf(object, 'Ready');
  if (ready !== null) return ready.status === 'True' ? healthy() : progressing(ready.reason, ready.message);
  // Built-in kinds without a rule are what they are as soon as they are stored.
  if (group === '' || !group.includes('.') || group.endsWith('.k8s.io')) return healthy();
  if (context.hasConditions === true && objectsAt(object, 'status', 'conditions').length === 0)
    return progressing('NoCondition', 'Its controller has not reported on it yet.');
  const age = secondsSince(dateAt(object, 'metadata', 'creationTimestamp'), context.now);
  const sinceStart = context.startedAt ? secondsSince(context.startedAt, context.now) : age;
  if (Math.min(age, sinceStart) < settleSeconds)
    return progressing('Settling', 'It is new; its controller may not have looked at it yet.');
  return healthy();
}
