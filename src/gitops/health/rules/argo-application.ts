import { type JsonObject, pick, pickText } from '../../../model/json.ts';
import { objectsAt } from '../fields.ts';
import { type Assessment, failed, type HealthRule, healthy, progressing, suspended, unknown } from '../rule.ts';

/** Synced and healthy in Argo CD's own words. Argo CD itself has no rule for it since 1.8, so waves pass it by. */
export const argoApplication: HealthRule = {
  group: 'argoproj.io',
  kind: 'Application',
  assess(object) {
    const phase = pickText(object, 'status', 'operationState', 'phase') ?? '';
    if (phase === 'Running' || phase === 'Terminating') return progressing('Syncing', operationMessage(object));
    const invalid = objectsAt(object, 'status', 'conditions').find((each) => each['type'] === 'InvalidSpecError');
    if (invalid !== undefined) return failed('InvalidSpecError', pickText(invalid, 'message') ?? null);
    return bySync(object) ?? byHealth(object);
  },
};

function bySync(object: JsonObject): Assessment | null {
  const sync = pickText(object, 'status', 'sync', 'status') ?? 'Unknown';
  if (sync === 'Synced') return null;
  const phase = pickText(object, 'status', 'operationState', 'phase') ?? '';
  if (pickText(object, 'status', 'health', 'status') === 'Degraded') return null;
  if (phase === 'Failed' || phase === 'Error') return failed('SyncFailed', operationMessage(object));
  if (sync === 'Unknown') return unknown('SyncUnknown', 'Argo CD cannot say whether it is in sync.');
  const isAutomatic = pick(object, 'spec', 'syncPolicy', 'automated') !== undefined;
  return isAutomatic ? progressing('OutOfSync', null) : suspended('OutOfSync', 'Somebody has to sync it.');
}

function byHealth(object: JsonObject): Assessment {
  const health = pickText(object, 'status', 'health', 'status') ?? 'Unknown';
  const message = pickText(object, 'status', 'health', 'message') ?? null;
  switch (health) {
    case 'Healthy':
      return healthy();
    case 'Degraded':
      return failed('Degraded', message ?? 'Argo CD calls one of its objects degraded.');
    case 'Suspended':
      return suspended('Suspended', message);
    case 'Progressing':
    case 'Missing':
      return progressing(health, message ?? `Argo CD calls it ${health.toLowerCase()}.`);
    default:
      return unknown('HealthUnknown', message ?? 'Argo CD cannot say how it fares.');
  }
}

function operationMessage(object: JsonObject): string | null {
  return pickText(object, 'status', 'operationState', 'message') || null;
}
