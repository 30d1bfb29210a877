import type { Condition } from '../fields.ts';
import { isPassing } from '../passing.ts';
import { type Assessment, failed, type HealthRule } from '../rule.ts';
import { byFluxReady } from './flux.ts';

/** Built, applied and healthy in kustomize-controller's own words. */
export const fluxKustomization: HealthRule = {
  group: 'kustomize.toolkit.fluxcd.io',
  kind: 'Kustomization',
  assess: (object) => byFluxReady(object, judge),
};

function judge({ reason, message }: Condition): Assessment | null {
  // The same reason stands for a wait that ran out of time and for objects that failed.
  if (reason === 'HealthCheckFailed') return /failed early/.test(message ?? '') ? failed(reason, message) : null;
  if (reason === 'BuildFailed') return isPassing(message) ? null : failed(reason, message);
  if (reason === 'ReconciliationFailed') return isPassing(message) ? null : failed(reason, message);
  return null; // ArtifactFailed, DependencyNotReady, HealthCheckCanceled, PruneFailed: it waits or tries again
}
