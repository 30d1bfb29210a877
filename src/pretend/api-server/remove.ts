import { parseJson } from '../../formats/json.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickText } from '../../model/json.ts';
import type { Api } from './api.ts';
import { type ApiAnswer, type ApiRequest, ok } from './exchange.ts';
import { customKindsOf, type ServedKind } from './kinds.ts';
import { definitionKind, namespaceKind } from './registry.ts';
import type { Route } from './route.ts';
import { readSelector } from './selectors.ts';
import { detailsOf, notFound, refusal } from './status.ts';
import { isDryRun } from './write-options.ts';

/** Answers a DELETE of one object, with the preconditions of its body. */
export function removeOne(api: Api, route: Route, request: ApiRequest, now: () => number): ApiAnswer {
  const { kind, namespace, name } = route;
  const object = api.store.get(kind, namespace, name ?? '');
  if (object === undefined) throw notFound(kind, name ?? '');
  const options = readOptions(request);
  checkPreconditions(kind, object, options);
  // What holds others is still seen terminating when the answer comes.
  const isHeld = finalizersOf(object).length > 0 || isHolder(kind);
  const last = marked(kind, object, now);
  if (!isDry(request, options)) removeObject(api, kind, object, now);
  if (isHeld) return ok(api.store.get(kind, namespace, name ?? '') ?? last);
  const details = { ...detailsOf(kind, name ?? ''), uid: pick(object, 'metadata', 'uid') ?? null };
  return ok({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details });
}

/** Answers a DELETE of a collection: every object that the selectors choose. */
export function removeMany(api: Api, route: Route, request: ApiRequest, now: () => number): ApiAnswer {
  const selected = readSelector(request.query);
  const objects = api.store
    .list(route.kind, route.namespace)
    .map(([, object]) => object)
    .filter(selected);
  if (!isDry(request, readOptions(request))) for (const object of objects) removeObject(api, route.kind, object, now);
  return ok({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { kind: route.kind.plural },
  });
}

/**
 * Removes an object, or marks it while finalizers hold it. What a namespace or definition holds goes with it; the holder itself
 * stays, terminating, until all of that is gone.
 */
export function removeObject(api: Held, kind: ServedKind, object: JsonObject, now: () => number): void {
  const isHeld = finalizersOf(object).length > 0 || isHolder(kind);
  if (!isHeld) {
    api.store.remove(kind, object);
  } else {
    if (!isMarked(object)) api.store.put(kind, marked(kind, object, now));
    for (const [inner, held] of contentsOf(api, kind, object)) removeObject(api, inner, held, now);
  }
  finishTerminating(api);
}

type Held = Pick<Api, 'store' | 'registry'>;

/** Removes the namespaces and definitions that are being deleted and hold nothing any more. */
export function finishTerminating(api: Held): void {
  for (const kind of [namespaceKind, definitionKind]) {
    for (const [, object] of api.store.list(kind, null)) {
      if (!isMarked(object) || finalizersOf(object).length > 0) continue;
      if (contentsOf(api, kind, object).length === 0) api.store.remove(kind, object);
    }
  }
}

/** Whether other objects live in objects of this kind. */
export function isHolder(kind: ServedKind): boolean {
  return kind === namespaceKind || kind === definitionKind;
}

function isMarked(object: JsonObject): boolean {
  return pick(object, 'metadata', 'deletionTimestamp') !== undefined;
}

function contentsOf(api: Held, kind: ServedKind, object: JsonObject): readonly (readonly [ServedKind, JsonObject])[] {
  const name = pickText(object, 'metadata', 'name') ?? '';
  if (!isHolder(kind)) return [];
  const inner =
    kind === namespaceKind ? api.registry.kinds.filter((one) => one.namespaced) : customKindsOf(object).slice(0, 1);
  const namespace = kind === namespaceKind ? name : null;
  return inner.flatMap((one) => api.store.list(one, namespace).map(([, held]) => [one, held] as const));
}

/** Finalizers that a controller lifts at once are no hindrance here: nothing uses a volume of this server. */
const liftedFinalizers = new Set(['kubernetes.io/pvc-protection', 'kubernetes.io/pv-protection']);

function finalizersOf(object: JsonObject): readonly Json[] {
  const finalizers = pick(object, 'metadata', 'finalizers');
  return isJsonList(finalizers) ? finalizers.filter((one) => !liftedFinalizers.has(String(one))) : [];
}

function marked(kind: ServedKind, object: JsonObject, now: () => number): JsonObject {
  const metadata = isJsonObject(object.metadata) ? object.metadata : {};
  const deletionTimestamp = new Date(now()).toISOString().replace(/\.\d+Z$/, 'Z');
  if (kind !== namespaceKind) {
    return { ...object, metadata: { ...metadata, deletionTimestamp, deletionGracePeriodSeconds: 0 } };
  }
  const status = isJsonObject(object.status) ? object.status : {};
  return { ...object, metadata: { ...metadata, deletionTimestamp }, status: { ...status, phase: 'Terminating' } };
}

function readOptions(request: ApiRequest): JsonObject {
  if (request.body === '') return {};
  const options = parseJson(request.body);
  return isJsonObject(options) ? options : {};
}

function isDry(request: ApiRequest, options: JsonObject): boolean {
  const inBody = pick(options, 'dryRun');
  return isDryRun(request.query.get('dryRun')) || (isJsonList(inBody) && inBody.includes('All'));
}

function checkPreconditions(kind: ServedKind, object: JsonObject, options: JsonObject): void {
  const uid = pickText(options, 'preconditions', 'uid');
  const liveUid = pickText(object, 'metadata', 'uid') ?? '';
  if (uid !== undefined && uid !== liveUid) {
    const why = 'The object might have been deleted and then recreated';
    throw conflict(
      kind,
      object,
      `the UID in the precondition (${uid}) does not match the UID in record (${liveUid}). ${why}`,
    );
  }
  const version = pickText(options, 'preconditions', 'resourceVersion');
  const liveVersion = pickText(object, 'metadata', 'resourceVersion') ?? '';
  if (version !== undefined && version !== liveVersion) {
    const what = `the ResourceVersion in the precondition (${version}) does not match the ResourceVersion in record (${liveVersion})`;
    throw conflict(kind, object, `${what}. The object might have been modified`);
  }
}

function conflict(kind: ServedKind, object: JsonObject, cause: string): Error {
  const name = pickText(object, 'metadata', 'name') ?? '';
  const message = `Operation cannot be fulfilled on ${conflictName(kind)} "${name}": ${cause}`;
  return refusal({
    code: 409,
    reason: 'Conflict',
    message,
    details: { name, ...(kind.group !== '' && { group: kind.group }), kind: kind.kind },
  });
}

/** A failed precondition names the kind where other refusals name the plural (apiserver, registry/rest/delete.go). */
function conflictName(kind: ServedKind): string {
  return kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
}
