import type { JsonObject } from '../../model/json.ts';
import { formatResource, type Resource, type ResourceId, resourceKey } from '../../model/resource.ts';
import { someOf } from '../../model/some-of.ts';
import type { EngineWork } from '../engine.ts';
import { text } from './flux-object.ts';
import type { Stale } from './journal.ts';
import { type Kustomization, kustomizationType } from './kustomization.ts';
import type { Standing } from './revision.ts';

/** Kinds whose deletion takes more with it than the object: only after a person confirmed. */
const precious = new Set(['Namespace', 'CustomResourceDefinition', 'PersistentVolume', 'PersistentVolumeClaim']);

/** Objects told of when they must not be deleted. */
const mostTold = 5;

/** Labels or annotations with which an object is kept out of Flux's deletions, without the group before them. */
const exclusions: readonly (readonly [string, string])[] = [
  ['prune', 'disabled'],
  ['reconcile', 'disabled'],
  ['ssa', 'ignore'],
];

/** What of a Kustomization's inventory Git has no more. */
export function staleOf(kustomization: Kustomization, desired: readonly Pick<Resource, 'id'>[]): readonly ResourceId[] {
  const wanted = new Set(desired.flatMap(({ id }) => namesOf(id, kustomization)).map(resourceKey));
  return kustomization.inventory.filter((id) => !wanted.has(resourceKey(id)));
}

/** Reasons of a run that ended before it wrote its inventory. */
const unwritten = new Set(['ArtifactFailed', 'BuildFailed', 'ReconciliationFailed']);

/** Whether the inventory is, or is about to be, that of the commit or a later one: what is stale was deleted with it. */
export function hasReplacedInventory(
  { ready }: Kustomization,
  { attempted, applied }: { readonly attempted: Standing; readonly applied: Standing },
): boolean {
  if (applied !== 'other') return true;
  return attempted !== 'other' && !(ready?.status === 'False' && unwritten.has(ready.reason));
}

/** What a rendered object may be called once the Kustomization has renamed it; one without a namespace may be of any scope. */
function namesOf(id: ResourceId, { naming }: Kustomization): readonly ResourceId[] {
  const renamed = { ...id, name: `${naming.prefix}${id.name}${naming.suffix}` };
  if (naming.namespace === null) return [renamed];
  const moved = { ...renamed, namespace: naming.namespace };
  return id.namespace === null ? [renamed, moved] : [moved];
}

/**
 * Why Flux leaves a live object although its inventory loses it; null when it deletes it. The labels and annotations are those
 * kustomize-controller looks at.
 */
export function whyLeft({ prunes, title, id }: Kustomization, live: JsonObject): string | null {
  const { group } = kustomizationType;
  if (!prunes) return `${title} does not prune`;
  for (const [key, value] of exclusions) {
    const marks = ['labels', 'annotations'].map((place) => text(live, 'metadata', place, `${group}/${key}`));
    if (marks.some((mark) => mark.toLowerCase() === value)) return `it is marked ${group}/${key}: ${value}`;
  }
  const owner = ['namespace', 'name'].map((key) => text(live, 'metadata', 'labels', `${group}/${key}`));
  return owner[0] === id.namespace && owner[1] === id.name ? null : `it does not bear the labels of ${title}`;
}

/** Why nothing may be asked for: Flux would delete what the accepted plan does not. Null when it would not. */
export function forbidPruning(
  title: string,
  stale: readonly Stale[],
  work: Pick<EngineWork, 'deletes' | 'confirmed'>,
): string | null {
  const planned = new Set(work.deletes.map(resourceKey));
  const deleted = stale.filter(({ why }) => why === null).map(({ resource }) => resource);
  const surprising = deleted.filter((id) => !planned.has(resourceKey(id)));
  if (surprising.length > 0)
    return `${title} would delete ${name(surprising)}, which the accepted plan does not delete.`;
  const unconfirmed = deleted.filter(({ kind }) => precious.has(kind));
  if (unconfirmed.length === 0 || work.confirmed) return null;
  return `${title} would delete ${name(unconfirmed)}, which needs a confirmation.`;
}

function name(ids: readonly ResourceId[]): string {
  return someOf(ids.map(formatResource), mostTold);
}
