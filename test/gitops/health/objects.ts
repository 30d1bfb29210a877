import { assess } from '../../../src/gitops/health/assess.ts';
import type { HealthContext } from '../../../src/gitops/health/rule.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';

/** The moment all tables speak of. */
export const now = new Date('2026-03-01T12:00:00Z');

/** A time so many seconds before that moment, as the API server writes it. */
export function ago(seconds: number): string {
  return new Date(now.getTime() - seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** A live object as the API server gives it; old enough not to be new. */
export function live(apiVersion: string, kind: string, parts: JsonObject = {}): JsonObject {
  const { metadata, ...rest } = parts;
  const own = typeof metadata === 'object' && metadata !== null ? metadata : {};
  const base = { name: 'web', namespace: 'shop', uid: 'u-1', generation: 2, creationTimestamp: ago(86_400) };
  return { apiVersion, kind, metadata: { ...base, ...own }, ...rest };
}

export function condition(type: string, status: string, reason: string, more: JsonObject = {}): JsonObject {
  return { type, status, reason, message: `about ${reason}`, lastTransitionTime: ago(600), ...more };
}

/** A pod with containers `web` in the given states. */
export function podWith(statuses: readonly Json[], more: JsonObject = {}): JsonObject {
  return live('v1', 'Pod', {
    metadata: { name: 'web-1' },
    spec: { containers: [{ name: 'web', image: 'shop:1' }] },
    status: { phase: 'Running', containerStatuses: statuses, ...more },
  });
}

export function container(state: JsonObject, more: JsonObject = {}): JsonObject {
  return { name: 'web', image: 'shop:1', ready: false, restartCount: 0, state, ...more };
}

export function waiting(reason: string, more: JsonObject = {}): JsonObject {
  return container({ waiting: { reason, message: `said of ${reason}` } }, more);
}

/** `state` or `state Reason`, as one word to compare with. */
export function verdict(object: JsonObject, context: Partial<HealthContext> = {}): string {
  const { state, reason } = assess(object, { now, ...context });
  return reason === null ? state : `${state} ${reason}`;
}
