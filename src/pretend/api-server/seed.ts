import { parseJson, stringifyJson } from '../../formats/json.ts';
import { isJsonObject, type JsonObject, pickText } from '../../model/json.ts';
import type { Api } from './api.ts';
import { establish } from './definitions.ts';
import type { ServedKind } from './kinds.ts';
import { definitionKind, namespaceKind } from './registry.ts';
import { freeAddresses } from './services.ts';
import { groupOf } from './write-options.ts';

type SeedApi = Pick<Api, 'store' | 'registry' | 'merge' | 'documents'>;

/** The namespaces every cluster begins with. */
const firstNamespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/**
 * Puts the first objects in place, in order, with server-side apply; namespaces they need are made before. Throws an
 * `Error` that names the object the server would refuse.
 */
export async function seedObjects(
  api: SeedApi,
  seed: readonly JsonObject[] | Promise<readonly JsonObject[]>,
  manager: string,
): Promise<void> {
  for (const name of firstNamespaces) await seedNamespace(api, name, 'kube-apiserver');
  for (const object of await seed) {
    const kind = api.registry.kindOf(String(object.apiVersion), String(object.kind));
    if (kind === undefined) throw new Error(`the seed's ${object.kind} of ${object.apiVersion} is not served`);
    const namespace = kind.namespaced ? (pickText(object, 'metadata', 'namespace') ?? 'default') : null;
    if (namespace !== null) await seedNamespace(api, namespace, manager);
    await seedOne(api, { kind, namespace, object, manager });
  }
}

async function seedNamespace(api: SeedApi, name: string, manager: string): Promise<void> {
  if (api.store.get(namespaceKind, null, name) !== undefined) return;
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  await seedOne(api, { kind: namespaceKind, namespace: null, object, manager });
}

interface Seed {
  readonly kind: ServedKind;
  readonly namespace: string | null;
  readonly object: JsonObject;
  readonly manager: string;
}

async function seedOne(api: SeedApi, seed: Seed): Promise<void> {
  const { kind, namespace, object } = seed;
  const live = api.store.get(kind, namespace, pickText(object, 'metadata', 'name') ?? '') ?? null;
  const { status, ...desired } = object;
  let stored = await seedWrite(api, seed, { verb: 'apply', subresource: '', body: desired, live });
  if (kind === definitionKind) return establish(api, stored);
  if (!isJsonObject(status) || !kind.status) return;
  stored = await seedWrite(api, seed, {
    verb: 'update',
    subresource: 'status',
    body: { ...stored, status },
    live: stored,
  });
}

interface SeedWrite {
  readonly verb: 'apply' | 'update';
  readonly subresource: string;
  readonly body: JsonObject;
  readonly live: JsonObject | null;
}

async function seedWrite(api: SeedApi, seed: Seed, write: SeedWrite): Promise<JsonObject> {
  const { kind, namespace, object } = seed;
  const name = pickText(object, 'metadata', 'name') ?? '';
  const header = {
    ...groupOf(kind),
    namespace: namespace ?? '',
    name,
    verb: write.verb,
    subresource: write.subresource,
    manager: write.verb === 'apply' ? seed.manager : 'kube-controller-manager',
    force: true,
    validation: 'Strict',
    ...freeAddresses(api.store),
  };
  const outcome = await api.merge.write(header, {
    body: stringifyJson(write.body),
    live: write.live === null ? null : stringifyJson(write.live),
    crd: kind.definition === null ? null : stringifyJson(kind.definition),
  });
  if ('status' in outcome) throw new Error(`the seed's ${kind.kind} ${name} was refused: ${outcome.status.message}`);
  const stored = parseJson(outcome.object);
  if (!isJsonObject(stored)) throw new Error('the merge module gave no object');
  return api.store.put(kind, stored);
}
