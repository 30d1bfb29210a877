import { cleanDesired } from '../../gitops/diff/clean-desired.ts';
import { sameJson } from '../../gitops/diff/equality.ts';
import { isJsonObject, type JsonObject, pick, pickText } from '../../model/json.ts';
import { type Resource, type ResourceId, resourceKey } from '../../model/resource.ts';
import { mapInTurns } from '../../tools/each.ts';
import type { ApiResource, Discovery } from '../../world/cluster/cluster.ts';
import type { Desired } from '../engine.ts';

/** What base or head wants of one object. */
export interface Wanted {
  /** Its id names the namespace the server will use. */
  readonly resource: Resource;
  /** What is sent to the server. */
  readonly object: JsonObject;
}

/** One object of a target on both sides of the pull; at least one side holds it. */
export interface Pair {
  readonly key: string;
  readonly id: ResourceId;
  /** How the server serves the kind in this version; undefined when it does not. */
  readonly type: ApiResource | undefined;
  readonly base: Wanted | null;
  readonly head: Wanted | null;
  /** Base and head want the same. */
  readonly isSame: boolean;
}

/** Every object that base or head wants, head's in its order first. Of two resources with one identity the last one counts. */
export async function pairResources(desired: Desired, discovery: Discovery): Promise<readonly Pair[]> {
  const scopes = scopesOf(desired.head);
  const place = (resource: Resource): Wanted => placed(resource, discovery, scopes);
  const base = byKey(await mapInTurns(desired.base ?? [], place));
  const head = byKey(await mapInTurns(desired.head, place));
  const keys = [...new Set([...head.keys(), ...base.keys()])];
  const pairs = await mapInTurns(keys, (key): readonly Pair[] => {
    const sides = { base: base.get(key) ?? null, head: head.get(key) ?? null };
    const id = (sides.head ?? sides.base)?.resource.id;
    if (id === undefined) return [];
    const isSame = sides.base !== null && sides.head !== null && sameJson(sides.base.object, sides.head.object);
    return [{ key, id, type: discovery.find(id), ...sides, isSame }];
  });
  return pairs.flat();
}

/** Whether a CustomResourceDefinition among the resources defines the kind. */
export function definesKind(resources: readonly Resource[], id: ResourceId): boolean {
  return scopesOf(resources).has(`${id.group}/${id.kind}`);
}

/** The CustomResourceDefinition of a kind among the resources; null when none is. */
export function definitionIn(resources: readonly Resource[], { group, kind }: ResourceId): JsonObject | null {
  const found = resources.find(
    ({ id, object }) =>
      id.kind === 'CustomResourceDefinition' &&
      pickText(object, 'spec', 'group') === group &&
      pickText(object, 'spec', 'names', 'kind') === kind,
  );
  return found?.object ?? null;
}

/** Whether head says otherwise than base what the objects of a kind look like. */
export function changesDefinition(
  { base, head }: { readonly base: readonly Resource[] | null; readonly head: readonly Resource[] },
  id: ResourceId,
): boolean {
  const after = definitionIn(head, id);
  return after !== null && !sameJson(definitionIn(base ?? [], id), after);
}

/** Whether the namespace is among the resources. */
export function definesNamespace(resources: readonly Resource[], name: string): boolean {
  return resources.some(({ id }) => id.kind === 'Namespace' && id.group === '' && id.name === name);
}

function placed(resource: Resource, discovery: Discovery, scopes: ReadonlyMap<string, boolean>): Wanted {
  const { id } = resource;
  const namespaced = discovery.find(id)?.namespaced ?? scopes.get(`${id.group}/${id.kind}`) ?? id.namespace !== null;
  const namespace = namespaced ? (id.namespace ?? 'default') : null;
  const object = withNamespace(cleanDesired(resource.object), namespace);
  return { resource: namespace === id.namespace ? resource : { ...resource, id: { ...id, namespace } }, object };
}

function withNamespace(object: JsonObject, namespace: string | null): JsonObject {
  const metadata = pick(object, 'metadata');
  if (!isJsonObject(metadata) || (pick(metadata, 'namespace') ?? null) === namespace) return object;
  const { namespace: _, ...rest } = metadata;
  return { ...object, metadata: namespace === null ? rest : { ...rest, namespace } };
}

/** Kinds that resources define themselves: `group/kind` to whether they are namespaced. */
function scopesOf(resources: readonly Resource[]): ReadonlyMap<string, boolean> {
  const scopes = new Map<string, boolean>();
  for (const { id, object } of resources) {
    if (id.kind !== 'CustomResourceDefinition') continue;
    const kind = `${pickText(object, 'spec', 'group') ?? ''}/${pickText(object, 'spec', 'names', 'kind') ?? ''}`;
    scopes.set(kind, pickText(object, 'spec', 'scope') !== 'Cluster');
  }
  return scopes;
}

function byKey(wanted: readonly Wanted[]): ReadonlyMap<string, Wanted> {
  return new Map(wanted.map((one) => [resourceKey(one.resource.id), one]));
}
