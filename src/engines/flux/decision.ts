import type { ResourceId } from '../../model/resource.ts';
import type { EngineWork } from '../engine.ts';
import { clip } from './blame.ts';
import type { FluxObject } from './flux-object.ts';
import type { GitSource } from './git-source.ts';
import type { HelmChart } from './helm-release.ts';
import type { Notes } from './journal.ts';
import type { Reconciler } from './list-objects.ts';
import type { Standing } from './revision.ts';

/** All that is known of one Kustomization or HelmRelease when a step is taken. */
export interface StepFacts<Kind extends Reconciler = Reconciler> {
  readonly reconciler: Kind;
  readonly source: GitSource;
  /** Of a HelmRelease, once there is one. */
  readonly chart: HelmChart | null;
  readonly notes: Notes;
  readonly work: Pick<EngineWork, 'deployment' | 'commit' | 'desired' | 'deletes' | 'confirmed'>;
  readonly standing: {
    /** What the source serves. */
    readonly source: Standing;
    /** What the Kustomization tried last, and what it last brought to an end. */
    readonly attempted: Standing;
    readonly applied: Standing;
    /** What the chart was worked out from. */
    readonly chart: Standing;
  };
  readonly now: Date;
}

/** What to do about one Kustomization or HelmRelease. */
export type StepDecision =
  | { readonly kind: 'wait'; readonly note: string; readonly afterMs: number }
  /** Ask a controller to look at the object now. */
  | { readonly kind: 'request'; readonly object: FluxObject; readonly note: string; readonly afterMs: number }
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly resource: ResourceId | null };

/** Reasons of a stop for good that are about Flux's own objects and rights, not about the commit. */
const beyondAnyCommit = new Set(['AccessDenied', 'FeatureGateDisabled', 'URLInvalid', 'InvalidProviderConfiguration']);

/** An object nothing can be asked of. */
export function refuseUntouchable({ title, isBeingDeleted, isSuspended }: FluxObject): StepDecision | null {
  if (isBeingDeleted) return { kind: 'refused', reason: `${title} is being deleted.` };
  return isSuspended ? { kind: 'refused', reason: `${title} is suspended.` } : null;
}

/** An object whose controller has given up for good. */
export function judgeStalled({ title, stalled }: FluxObject): StepDecision | null {
  if (stalled === null) return null;
  const reason = `${title} has given up (${stalled.reason}): ${clip(stalled.message, 1000)}.`;
  return beyondAnyCommit.has(stalled.reason) ? { kind: 'refused', reason } : { kind: 'failed', reason, resource: null };
}

/** Waits, and says for what. */
export function wait({ title }: FluxObject, note: string, afterMs: number): StepDecision {
  return { kind: 'wait', note: `${title} ${note}.`, afterMs };
}
