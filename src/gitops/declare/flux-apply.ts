import type { CommonMetadata } from '../../formats/flux/kustomization.ts';
import { isJsonObject, type JsonObject, pick, pickText } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';

/** What the controller does with an object of a Kustomization. */
export type FluxHandling =
  | 'apply'
  /** Left alone: `kustomize.toolkit.fluxcd.io/reconcile: disabled` or `ssa: Ignore`. */
  | 'ignore'
  /** `ssa: IfNotPresent`: created, and never changed after. */
  | 'create-only'
  /** `ssa: Merge`: fields that others wrote with kubectl are kept. */
  | 'merge';

/** What an object's own labels and annotations ask of the controller (kustomize-controller, apply). */
export function handlingOf(object: JsonObject): FluxHandling {
  const says = (key: string, value: string): boolean =>
    ['labels', 'annotations'].some((field) => {
      const found = pickText(object, 'metadata', field, `kustomize.toolkit.fluxcd.io/${key}`);
      return found?.toLowerCase() === value.toLowerCase();
    });
  if (says('reconcile', 'disabled') || says('ssa', 'Ignore')) return 'ignore';
  if (says('ssa', 'IfNotPresent')) return 'create-only';
  return says('ssa', 'Merge') ? 'merge' : 'apply';
}

/** A resource with the labels and annotations of `spec.commonMetadata`, which win; its pod templates stay as they are. */
export function withCommonMetadata(resource: Resource, common: CommonMetadata | null): Resource {
  if (common === null) return resource;
  const metadata = pick(resource.object, 'metadata');
  const old = isJsonObject(metadata) ? metadata : {};
  const added = (['labels', 'annotations'] as const).flatMap((field) => {
    const before = old[field];
    const after = { ...(isJsonObject(before) ? before : {}), ...common[field] };
    return Object.keys(after).length === 0 ? [] : [[field, after] as const];
  });
  return { ...resource, object: { ...resource.object, metadata: { ...old, ...Object.fromEntries(added) } } };
}
