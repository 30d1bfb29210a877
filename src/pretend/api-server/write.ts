import { parseJson, stringifyJson } from '../../formats/json.ts';
import { isJsonList, isJsonObject, type JsonObject, pick, pickText } from '../../model/json.ts';
import type { Api } from './api.ts';
import { establish } from './definitions.ts';
import type { ApiAnswer, ApiRequest } from './exchange.ts';
import type { ServedKind } from './kinds.ts';
import { definitionKind, groupVersionOf, namespaceKind } from './registry.ts';
import { finishTerminating, isHolder } from './remove.ts';
import type { Route } from './route.ts';
import { freeAddresses } from './services.ts';
import { alreadyExists, detailsOf, notFound, refusal, resourceName, StatusError } from './status.ts';
import { groupOf, readWriteOptions, type WriteOptions } from './write-options.ts';

/** A refusal and the warnings that go with it. */
export class WarnedStatusError extends StatusError {
  readonly warnings: readonly string[];

  constructor(status: JsonObject, warnings: readonly string[]) {
    super(status);
    this.warnings = warnings;
  }
}

/** How often a write is worked out anew because the object changed meanwhile. */
const attempts = 20;

/** Answers POST, PUT and PATCH: create, update, patch and server-side apply. */
export async function writeObject(api: Api, route: Route, request: ApiRequest): Promise<ApiAnswer> {
  const options = readWriteOptions(route, request);
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const answer = await tryWrite(api, route, request, options);
    if (answer !== null) return answer;
  }
  throw new Error(`${route.kind.plural} ${route.name} changed ${attempts} times during one write`);
}

/** One attempt; null when another writer came between. */
async function tryWrite(api: Api, route: Route, request: ApiRequest, options: WriteOptions): Promise<ApiAnswer | null> {
  const { kind } = route;
  const live = liveOf(api, route, options);
  const outcome = await api.merge.write(headerOf(api, route, options), textsOf(kind, live, request));
  const { warnings } = outcome;
  if ('status' in outcome) throw new WarnedStatusError(outcome.status, warnings);
  if (live !== null && !outcome.changed) return { code: 200, body: live, warnings };
  const object = parseJson(outcome.object);
  if (!isJsonObject(object)) throw new Error('the merge module gave no object');
  if (outcome.created && isNamespaceGone(api, route)) return null;
  if (outcome.created) refuseNew(api, route, { object, options });
  const code = outcome.created ? 201 : 200;
  if (options.dryRun) return { code, body: object, warnings };
  if (hasChanged(api, route, live)) return null;
  return { code, body: await keep(api, route, object, outcome.created), warnings };
}

/** Whether the object is another than the one the write was worked out from. */
function hasChanged(api: Api, { kind, namespace, name }: Route, live: JsonObject | null): boolean {
  return name !== null && (api.store.get(kind, namespace, name) ?? null) !== live;
}

/** The object to change; null where a create or apply makes a new one. */
function liveOf(api: Api, { kind, namespace, name }: Route, options: WriteOptions): JsonObject | null {
  const live = name === null ? undefined : api.store.get(kind, namespace, name);
  if (live === undefined && options.verb !== 'create' && options.verb !== 'apply') throw notFound(kind, name ?? '');
  return live ?? null;
}

function textsOf(kind: ServedKind, live: JsonObject | null, request: ApiRequest): Record<string, string | null> {
  return {
    body: request.body,
    live: live === null ? null : stringifyJson({ ...live, apiVersion: groupVersionOf(kind) }),
    crd: kind.definition === null ? null : stringifyJson(kind.definition),
  };
}

function refuseTaken(api: Api, route: Route, object: JsonObject): void {
  const name = pickText(object, 'metadata', 'name') ?? '';
  if (api.store.get(route.kind, route.namespace, name) !== undefined) throw alreadyExists(route.kind, name);
}

/** Whether the namespace went while the object was worked out. */
function isNamespaceGone(api: Api, { namespace }: Route): boolean {
  return namespace !== null && api.store.get(namespaceKind, null, namespace) === undefined;
}

/** Throws where the name of a new object is taken, or its namespace takes nothing new. */
function refuseNew(
  api: Api,
  route: Route,
  { object, options }: { readonly object: JsonObject; readonly options: WriteOptions },
): void {
  if (options.verb === 'create') refuseTaken(api, route, object);
  refuseTerminating(api, route, object);
}

/** Nothing new comes into a namespace that is being deleted (apiserver, plugin/namespace/lifecycle). */
function refuseTerminating(api: Api, { kind, namespace }: Route, object: JsonObject): void {
  const live = namespace === null ? undefined : api.store.get(namespaceKind, null, namespace);
  if (pick(live, 'metadata', 'deletionTimestamp') === undefined) return;
  const name = pickText(object, 'metadata', 'name') ?? '';
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const message = `namespace ${namespace} is being terminated`;
  const causes = [{ reason: 'NamespaceTerminating', message, field: 'metadata.namespace' }];
  throw refusal({
    code: 403,
    reason: 'Forbidden',
    message: `${resourceName(kind)} "${name}" is forbidden: ${why}`,
    details: { ...detailsOf(kind, name), causes },
  });
}

async function keep(api: Api, route: Route, object: JsonObject, created: boolean): Promise<JsonObject> {
  if (isGone(object) && !isHolder(route.kind)) {
    const last = api.store.remove(route.kind, object);
    finishTerminating(api);
    return last;
  }
  const stored = api.store.put(route.kind, object);
  if (isGone(object)) finishTerminating(api);
  if (created && route.kind === definitionKind) await establish(api, stored);
  return stored;
}

/** Whether an object that is being deleted has lost its last finalizer. */
function isGone(object: JsonObject): boolean {
  const finalizers = pick(object, 'metadata', 'finalizers');
  const isDeleting = pick(object, 'metadata', 'deletionTimestamp') !== undefined;
  return isDeleting && !(isJsonList(finalizers) && finalizers.length > 0);
}

function headerOf(api: Api, route: Route, options: WriteOptions): object {
  const { kind, namespace, name, subresource } = route;
  return {
    ...groupOf(kind),
    namespace: namespace ?? '',
    name: name ?? '',
    subresource,
    verb: options.verb,
    patchType: options.patchType,
    manager: options.manager,
    force: options.force,
    validation: options.validation,
    namespaceMissing: namespace !== null && api.store.get(namespaceKind, null, namespace) === undefined,
    ...freeAddresses(api.store),
  };
}
