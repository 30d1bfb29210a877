import { applyEntry } from '../../gitops/diff/attribute.ts';
import { controllerOf, marks, writers } from '../../gitops/diff/claims.ts';
import { isJsonList, isJsonObject, type JsonObject, pick, pickText } from '../../model/json.ts';
import { apiVersionOf, type ResourceId, resourceKey } from '../../model/resource.ts';
import type { InventoryEntry } from '../../world/store/store.ts';

/** What is known around an object that the accepted plan deletes. */
export interface PruneFacts {
  readonly manager: string;
  /** Whether a person confirmed that protected kinds go too. */
  readonly confirmed: boolean;
  /** What Git wants. */
  readonly desired: readonly ResourceId[];
  /** Uids of what this run applied: one object may be served under two groups. */
  readonly applied: ReadonlySet<string>;
  /** Resource key -> the other target that has it in its inventory. */
  readonly claims: ReadonlyMap<string, string>;
}

/** Whether an object goes. `isOurs` is false when it is no longer an object that we applied, or not this target's. */
export type PruneVerdict =
  | { readonly kind: 'delete' }
  | { readonly kind: 'keep'; readonly why: string; readonly isOurs: boolean };

/** Decides about one object of the inventory that the accepted plan deletes. The first rule that keeps it is told. */
export function judgePrune(entry: InventoryEntry, live: JsonObject, facts: PruneFacts): PruneVerdict {
  const stranger = whyNotOurs(entry, live, facts);
  if (stranger !== null) return { kind: 'keep', why: stranger, isOurs: false };
  const why = whoElse(live, facts.manager) ?? keptByNote(live) ?? whyProtected(entry.resource, live, facts);
  return why === null ? { kind: 'delete' } : { kind: 'keep', why, isOurs: true };
}

/** Why the object is not one that this target applied; null when it is. */
export function whyNotOurs(
  { resource, uid }: InventoryEntry,
  live: JsonObject,
  { manager, applied, claims }: Pick<PruneFacts, 'manager' | 'applied' | 'claims'>,
): string | null {
  const liveUid = pickText(live, 'metadata', 'uid') ?? '';
  if (uid !== null && uid !== liveUid) return 'it is another object than the one Fairlead applied: it was created anew';
  const isUnclaimed = uid !== null && !hasFields(live);
  if (applyEntry(live, manager) === null && !isUnclaimed) return `nothing in it was applied by ${manager} any more`;
  if (applied.has(liveUid)) return 'it is the same object as one Git still has';
  const target = claims.get(resourceKey(resource));
  return target === undefined ? null : `it belongs to ${target} now`;
}

/**
 * Whether anybody owns a field of the object. A ServiceAccount or Namespace of which Git says no more than the name leaves no
 * apply entry; then the uid must do, and nobody else may have set anything.
 */
function hasFields(live: JsonObject): boolean {
  const entries = pick(live, 'metadata', 'managedFields');
  return (isJsonList(entries) ? entries : []).some((entry) => !pickText(entry, 'subresource'));
}

function whoElse(live: JsonObject, manager: string): string | null {
  for (const { place, key, tool } of marks) {
    if (pick(live, 'metadata', place, key) !== undefined) return `it belongs to ${tool} (${key})`;
  }
  const writer = Object.keys(writers).find((name) => applyEntry(live, name) !== null);
  if (writer !== undefined) return `it belongs to ${writers[writer]} (${writer} applies it too)`;
  const other = otherApplier(live, manager);
  if (other !== null) return `${other} applied fields of it that Fairlead did not`;
  const owner = controllerOf(live);
  return owner === null ? null : `it belongs to ${owner}`;
}

/** Controllers of the cluster itself that apply to what people own: the rules of aggregated ClusterRoles. */
const clusterAppliers: ReadonlySet<string> = new Set(['clusterrole-aggregation-controller']);

/**
 * Who else declares something of the object (kubectl on the server's side, Terraform, Crossplane): the manager of an apply entry
 * with a field that ours does not have. Status is a report, not a wish.
 */
function otherApplier(live: JsonObject, manager: string): string | null {
  const entries = pick(live, 'metadata', 'managedFields');
  const names = (isJsonList(entries) ? entries : []).map((entry) => pickText(entry, 'manager') ?? '');
  const wishes = (name: string): JsonObject => ({ ...applyEntry(live, name)?.fields, 'f:status': {} });
  const ours = wishes(manager);
  return names.find((name) => !clusterAppliers.has(name) && !isWithin(wishes(name), ours)) ?? null;
}

/** Whether each field of a FieldsV1 tree is in the other one, by itself or as part of a whole. */
function isWithin(fields: JsonObject, whole: JsonObject): boolean {
  return Object.entries(fields).every(([mark, below]) => {
    const same = pick(whole, mark);
    if (mark === '.' || !isJsonObject(below)) return true;
    return isJsonObject(same) && (Object.keys(same).length === 0 || isWithin(below, same));
  });
}

/** Annotations by which people ask that an object stays; the values are words of a comma-separated list. */
const keepNotes: readonly (readonly [string, readonly string[]])[] = [
  ['fairlead.dev/prune', ['disabled', 'false']],
  ['kustomize.toolkit.fluxcd.io/prune', ['disabled']],
  ['argocd.argoproj.io/sync-options', ['Prune=false', 'Delete=false', 'Prune=confirm', 'Delete=confirm']],
  ['helm.sh/resource-policy', ['keep']],
  ['client.lifecycle.config.k8s.io/deletion', ['detach']],
  ['cli-utils.sigs.k8s.io/on-remove', ['keep']],
];

function keptByNote(live: JsonObject): string | null {
  for (const [key, words] of keepNotes) {
    const value = pickText(live, 'metadata', 'annotations', key) ?? '';
    const said = value.split(',').map((word) => word.trim().toLowerCase());
    const word = words.find((one) => said.includes(one.toLowerCase()));
    if (word !== undefined) return `it asks to be kept (${key}: ${word})`;
  }
  return null;
}

const protectedKinds: ReadonlySet<string> = new Set([
  '/Namespace',
  '/PersistentVolume',
  '/PersistentVolumeClaim',
  'apiextensions.k8s.io/CustomResourceDefinition',
]);

function whyProtected(id: ResourceId, live: JsonObject, { confirmed, desired }: PruneFacts): string | null {
  if (!protectedKinds.has(`${id.group}/${id.kind}`)) return null;
  if (!confirmed) return `a ${id.kind} is deleted only after somebody confirmed it`;
  if (id.kind === 'Namespace' && desired.some(({ namespace }) => namespace === id.name)) {
    return 'it still holds objects that Git has';
  }
  const defined = definedKind(id, live);
  const user = defined === null ? undefined : desired.find(({ group, kind }) => `${group}/${kind}` === defined);
  return user === undefined ? null : `Git still has objects of its kind (${apiVersionOf(user)} ${user.kind})`;
}

function definedKind({ kind }: ResourceId, live: JsonObject): string | null {
  const spec = pick(live, 'spec');
  if (kind !== 'CustomResourceDefinition' || !isJsonObject(spec)) return null;
  return `${pickText(spec, 'group') ?? ''}/${pickText(spec, 'names', 'kind') ?? ''}`;
}
