import { canonicalJson, stringifyJson } from '../../../formats/json.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { Api } from '../api.ts';
import { builtinKinds, type ServedKind } from '../kinds.ts';
import { groupVersionOf } from '../registry.ts';
import { removeObject } from '../remove.ts';
import { writeObject } from '../write.ts';
import { nameOf, namespaceOf, objectAt, objectsAt, uidOf } from './fields.ts';
import type { WorkloadOptions } from './options.ts';

/** What the controllers work with. */
export interface Controls {
  readonly api: Api;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly options: WorkloadOptions & { readonly podMs: number; readonly speed: number };
  /** Looks at an object again after so many milliseconds, having called `before`. */
  readonly wake: (object: JsonObject, milliseconds: number, before?: () => void) => void;
  /** Pods whose time to get ready has passed, by uid. */
  readonly due: Set<string>;
}

/** Who writes what. */
export const managers = { controller: 'kube-controller-manager', kubelet: 'kubelet' } as const;

/** The kinds that controllers act on, by plural. */
export const kinds = {
  deployments: kindNamed('Deployment'),
  replicasets: kindNamed('ReplicaSet'),
  statefulsets: kindNamed('StatefulSet'),
  jobs: kindNamed('Job'),
  pods: kindNamed('Pod'),
} as const;

function kindNamed(name: string): ServedKind {
  const kind = builtinKinds.find((candidate) => candidate.kind === name);
  if (kind === undefined) throw new Error(`${name} is missing in the table of kinds`);
  return kind;
}

/** Makes an object as a controller does, through the same door as everybody. Throws the server's `StatusError`. */
export async function create(controls: Controls, kind: ServedKind, object: JsonObject): Promise<void> {
  const route = { kind, namespace: namespaceOf(object), name: null, subresource: '' };
  await writeObject(controls.api, route, requestOf('POST', object, managers.controller));
}

/** Replaces an object, unless it is so already; refused with 409 when it has changed since it was read. */
export async function update(controls: Controls, kind: ServedKind, object: JsonObject): Promise<void> {
  const route = { kind, namespace: namespaceOf(object), name: nameOf(object), subresource: '' };
  const live = controls.api.store.get(kind, route.namespace, route.name);
  if (live !== undefined && canonicalJson(live) === canonicalJson(object)) return;
  await writeObject(controls.api, route, requestOf('PUT', object, managers.controller));
}

/** Replaces the status of an object (and its annotations), unless it says this already. */
export async function report(
  controls: Controls,
  kind: ServedKind,
  { object, before, manager }: { readonly object: JsonObject; readonly before: JsonObject; readonly manager: string },
): Promise<void> {
  if (canonicalJson(object) === canonicalJson(before)) return;
  const route = { kind, namespace: namespaceOf(object), name: nameOf(object), subresource: 'status' };
  await writeObject(controls.api, route, requestOf('PUT', object, manager));
}

/** Deletes an object. */
export function remove(controls: Controls, kind: ServedKind, object: JsonObject): void {
  removeObject(controls.api, kind, object, controls.now);
}

/** The objects of a kind that an object controls, sorted by name. */
export function ownedBy(controls: Controls, owner: JsonObject, kind: ServedKind): readonly JsonObject[] {
  const uid = uidOf(owner);
  return controls.api.store
    .list(kind, namespaceOf(owner))
    .map(([, object]) => object)
    .filter((object) =>
      objectsAt(object, 'metadata', 'ownerReferences').some(
        (reference) => reference['uid'] === uid && reference['controller'] === true,
      ),
    );
}

/** The pods that an object controls and that are not being deleted. */
export function podsOf(controls: Controls, owner: JsonObject): readonly JsonObject[] {
  return ownedBy(controls, owner, kinds.pods).filter(
    (pod) => objectAt(pod, 'metadata')['deletionTimestamp'] === undefined,
  );
}

/** The entry of `ownerReferences` that makes an object belong to its controller. */
export function controllerReference(kind: ServedKind, owner: JsonObject): JsonObject {
  const { kind: name } = kind;
  const flags = { controller: true, blockOwnerDeletion: true };
  return { apiVersion: groupVersionOf(kind), kind: name, name: nameOf(owner), uid: uidOf(owner), ...flags };
}

function requestOf(method: string, object: JsonObject, manager: string) {
  const query = new URLSearchParams({ fieldManager: manager });
  return { method, path: '', query, headers: {}, body: stringifyJson(object) };
}
