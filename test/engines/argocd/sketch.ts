import { readApplication } from '../../../src/engines/argocd/application.ts';
import type { StepFacts } from '../../../src/engines/argocd/decide-step.ts';
import { newNotes } from '../../../src/engines/argocd/journal.ts';
import type { JsonObject } from '../../../src/model/json.ts';

/** When a step is taken, unless a case says otherwise. */
export const now = new Date('2026-01-01T00:01:00Z');
export const changed = { version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'new', status: 'OutOfSync' };
export const automated = { syncPolicy: { automated: {} } };

/** Parts of an Application that a case is about. */
export interface Sketch {
  readonly metadata?: JsonObject;
  readonly spec?: JsonObject;
  readonly operation?: JsonObject;
  readonly status?: JsonObject;
}

/** An Application that was compared at the commit and differs from it. */
export function facts(sketch: Sketch, more: Partial<StepFacts> = {}): StepFacts {
  const { metadata = {}, spec = {}, status = {}, ...rest } = sketch;
  const compared = { sync: { status: 'OutOfSync', revision: 'c' }, reconciledAt: '2026-01-01T00:00:10Z' };
  const app = readApplication({
    metadata: { name: 'web', namespace: 'argocd', ...metadata },
    spec: { source: { repoURL: 'u', path: 'web' }, ...spec },
    status: { ...compared, resources: [changed], ...status },
    ...rest,
  });
  return {
    app,
    notes: { ...newNotes('web'), asked: 1 },
    work: { deployment: 'D-1', commit: 'c', deletes: [], confirmed: false },
    compared: 'exact',
    operated: 'other',
    synced: 'other',
    isHead: true,
    now,
    ...more,
  };
}

/** The state of a sync that a deployment started. */
export function ended(phase: string, more: JsonObject = {}, deployment = 'D-1'): JsonObject {
  const operation = { info: [{ name: 'fairlead.dev/deployment', value: deployment }] };
  return { operationState: { phase, operation, finishedAt: '2026-01-01T00:00:05Z', ...more } };
}

/** What a comparison that ended in an error leaves behind. */
export function failing(message: string) {
  return { status: { conditions: [{ type: 'ComparisonError', message }] } };
}
