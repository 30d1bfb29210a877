import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickText } from '../../model/json.ts';
import type { ResourceId } from '../../model/resource.ts';

/** Annotation that asks a controller of Flux to look now; its value is opaque to it and comes back in the status. */
export const requestedAt = 'reconcile.fluxcd.io/requestedAt';

/** One condition of a status. */
export interface Condition {
  /** True, False or Unknown. */
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** What all objects of Flux have in common. */
export interface FluxObject {
  readonly object: JsonObject;
  readonly id: ResourceId;
  /** `Kustomization flux-system/web`, the way it is named to people. */
  readonly title: string;
  readonly resourceVersion: string;
  readonly isBeingDeleted: boolean;
  readonly isSuspended: boolean;
  /** Whether the controller has finished with this version of the spec; Flux keeps it back while it fails. */
  readonly isObserved: boolean;
  /** The last request anyone made. */
  readonly request: string | null;
  /** Whether the controller has finished a run that knew that request. */
  readonly isHandled: boolean;
  readonly ready: Condition | null;
  /** There when the controller has given up for good. */
  readonly stalled: Condition | null;
  /** There while it works, or tries again. */
  readonly reconciling: Condition | null;
}

/** Reads what is common; what is missing becomes empty. */
export function readFluxObject(object: JsonObject, type: Pick<ResourceId, 'group' | 'version' | 'kind'>): FluxObject {
  const [namespace, name] = [text(object, 'metadata', 'namespace'), text(object, 'metadata', 'name')];
  const request = pickText(object, 'metadata', 'annotations', requestedAt) ?? null;
  return {
    object,
    id: { ...type, namespace, name },
    title: `${type.kind} ${namespace}/${name}`,
    resourceVersion: text(object, 'metadata', 'resourceVersion'),
    isBeingDeleted: pickText(object, 'metadata', 'deletionTimestamp') !== undefined,
    isSuspended: pick(object, 'spec', 'suspend') === true,
    isObserved: sameNumber(pick(object, 'status', 'observedGeneration'), pick(object, 'metadata', 'generation')),
    request,
    isHandled: request !== null && pickText(object, 'status', 'lastHandledReconcileAt') === request,
    ready: condition(object, 'Ready'),
    stalled: whenTrue(condition(object, 'Stalled')),
    reconciling: whenTrue(condition(object, 'Reconciling')),
  };
}

/** The condition of a type, or null. */
export function condition(object: JsonObject, type: string): Condition | null {
  const found = list(object, 'status', 'conditions').find((one) => pickText(one, 'type') === type);
  if (found === undefined) return null;
  return { status: text(found, 'status'), reason: text(found, 'reason'), message: text(found, 'message') };
}

/** The objects of a list under a chain of keys. */
export function list(value: Json | undefined, ...keys: readonly string[]): readonly JsonObject[] {
  const found = pick(value, ...keys);
  return isJsonList(found) ? found.filter(isJsonObject) : [];
}

/** The text under a chain of keys, or ''. */
export function text(value: Json | undefined, ...keys: readonly string[]): string {
  return pickText(value, ...keys) ?? '';
}

function whenTrue(found: Condition | null): Condition | null {
  return found?.status === 'True' ? found : null;
}

function sameNumber(one: Json | undefined, other: Json | undefined): boolean {
  return one !== undefined && other !== undefined && String(one) === String(other);
}
