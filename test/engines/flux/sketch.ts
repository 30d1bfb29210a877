import type { StepFacts } from '../../../src/engines/flux/decision.ts';
import { readGitSource } from '../../../src/engines/flux/git-source.ts';
import { readHelmChart, readHelmRelease } from '../../../src/engines/flux/helm-release.ts';
import { readKustomization } from '../../../src/engines/flux/kustomization.ts';
import type { Reconciler } from '../../../src/engines/flux/list-objects.ts';
import type { JsonObject } from '../../../src/model/json.ts';

export const commit = '1'.repeat(40);
export const older = '0'.repeat(40);
export const token = 'fairlead/D-1/111111111111/2026-01-01T00:00:00.000Z';
export const now = new Date('2026-01-01T00:00:00.500Z');

/** Parts of an object of Flux that a case is about. */
export interface Sketch {
  readonly spec?: JsonObject;
  readonly status?: JsonObject;
  readonly metadata?: JsonObject;
}

/** A condition as the controllers write it. */
export function condition(type: string, status: string, reason: string, message = ''): JsonObject {
  return { type, status, reason, message, lastTransitionTime: '2026-01-01T00:00:00Z' };
}

export const ready = condition('Ready', 'True', 'Succeeded');

/** Asked by deployment D-1, and the controller has answered. */
const asked = { annotations: { 'reconcile.fluxcd.io/requestedAt': token } };
const answered = { lastHandledReconcileAt: token, observedGeneration: 1 };

function object(name: string, { spec = {}, status = {}, metadata = {} }: Sketch): JsonObject {
  return {
    metadata: { name, namespace: 'flux-system', generation: 1, resourceVersion: '1', ...asked, ...metadata },
    spec,
    status: { ...answered, ...status },
  };
}

export function source({ spec, status, ...rest }: Sketch = {}) {
  const artifact = { revision: `main@sha1:${commit}`, lastUpdateTime: '2026-01-01T00:00:00Z' };
  const from = { url: 'https://github.com/acme/fleet', ref: { branch: 'main' }, ...spec };
  return readGitSource(object('fleet', { spec: from, status: { artifact, conditions: [ready], ...status }, ...rest }));
}

export function kustomization({ spec, status, ...rest }: Sketch = {}, name = 'web') {
  const revisions = { lastAttemptedRevision: `main@sha1:${commit}`, lastAppliedRevision: `main@sha1:${commit}` };
  const from = { path: './apps/web', prune: true, sourceRef: { kind: 'GitRepository', name: 'fleet' }, ...spec };
  return readKustomization(
    object(name, { spec: from, status: { ...revisions, conditions: [ready], ...status }, ...rest }),
  );
}

export function helmRelease({ status, ...rest }: Sketch = {}, strategy = 'Revision') {
  const sourceRef = { kind: 'GitRepository', name: 'fleet' };
  const spec = { chart: { spec: { chart: './charts/web', sourceRef, reconcileStrategy: strategy } } };
  const attempted = { lastAttemptedRevision: '1.0.0+111111111111' };
  return readHelmRelease(object('web', { spec, status: { ...attempted, conditions: [ready], ...status }, ...rest }));
}

export function helmChart({ status, ...rest }: Sketch = {}) {
  const artifact = { revision: '1.0.0+111111111111', lastUpdateTime: '2026-01-01T00:00:01Z' };
  const observed = { observedSourceArtifactRevision: `main@sha1:${commit}` };
  return readHelmChart(
    object('flux-system-web', { status: { artifact, ...observed, conditions: [ready], ...status }, ...rest }),
  );
}

/** Everything at exactly the commit; a case says what differs. */
export function facts<Kind extends Reconciler>(reconciler: Kind, more: Partial<StepFacts<Kind>> = {}): StepFacts<Kind> {
  const ref = { namespace: 'flux-system', name: 'web' };
  return {
    reconciler,
    source: source(),
    chart: reconciler.kind === 'helm-release' ? helmChart() : null,
    notes: {
      kind: reconciler.kind,
      ref,
      source: { ...ref, name: 'fleet' },
      asked: 1,
      isRequested: false,
      wasApplied: false,
      stale: [],
    },
    work: { deployment: 'D-1', commit, desired: [], deletes: [], confirmed: false },
    standing: { source: 'exact', attempted: 'exact', applied: 'exact', chart: 'exact' },
    now,
    ...more,
  };
}
