import { isJsonObject, type JsonObject, pickText } from '../../model/json.ts';
import type { Api } from './api.ts';
import { type ApiAnswer, type ApiRequest, ok } from './exchange.ts';
import type { ServedKind } from './kinds.ts';
import { readLog } from './pod-logs.ts';
import { groupVersionOf } from './registry.ts';
import type { Route } from './route.ts';
import { readSelector } from './selectors.ts';
import { badRequest, notFound } from './status.ts';

/** Answers a GET of one object. */
export function readOne(api: Api, route: Route, request: ApiRequest): ApiAnswer {
  const { kind, namespace, name } = route;
  const object = api.store.get(kind, namespace, name ?? '');
  if (object === undefined) throw notFound(kind, name ?? '');
  if (route.subresource === 'log') return readLog(api.logs, object, request.query);
  const shape = shapeFor(kind, request);
  return ok(shape.one(object));
}

/** Answers a GET of a collection: selectors, pages (`limit`, `continue`), metadata only. */
export function readList(api: Api, route: Route, request: ApiRequest): ApiAnswer {
  const { kind, namespace } = route;
  const { query } = request;
  const selected = readSelector(query);
  const page = readToken(query.get('continue'));
  const limit = Number(query.get('limit') ?? 0);
  const matching = api.store.list(kind, namespace).filter(([, object]) => selected(object));
  const rest = page === null ? matching : matching.filter(([key]) => key > page.after);
  const shown = limit > 0 ? rest.slice(0, limit) : rest;
  const last = shown.at(-1);
  const version = page?.version ?? String(api.store.version);
  const more = rest.length - shown.length;
  const next =
    more === 0 || last === undefined
      ? {}
      : { continue: writeToken({ version, after: last[0] }), remainingItemCount: more };
  const shape = shapeFor(kind, request);
  const items = shown.map(([, object]) => shape.item(object));
  return ok({
    kind: shape.listKind,
    apiVersion: shape.listVersion,
    metadata: { resourceVersion: version, ...next },
    items,
  });
}

/** How a caller wants objects: whole or metadata only. */
export interface Shape {
  readonly listKind: string;
  readonly listVersion: string;
  one(object: JsonObject): JsonObject;
  /** The object within a list: built-in kinds do not repeat their type there. */
  item(object: JsonObject): JsonObject;
}

/** The shape that the `Accept` header asks for. */
export function shapeFor(kind: ServedKind, request: ApiRequest): Shape {
  const accept = request.headers.accept ?? '';
  if (/as=PartialObjectMetadata(List)?\b/.test(accept)) {
    return { listKind: 'PartialObjectMetadataList', listVersion: 'meta.k8s.io/v1', one: partial, item: partial };
  }
  const one = (object: JsonObject) => ({ ...object, apiVersion: groupVersionOf(kind) });
  const item = (object: JsonObject) => (kind.definition === null ? withoutType(object) : one(object));
  return { listKind: `${kind.kind}List`, listVersion: groupVersionOf(kind), one, item };
}

function partial(object: JsonObject): JsonObject {
  const metadata = isJsonObject(object.metadata) ? object.metadata : {};
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}

function withoutType(object: JsonObject): JsonObject {
  const { kind: _kind, apiVersion: _apiVersion, ...rest } = object;
  return rest;
}

interface PageToken {
  readonly version: string;
  readonly after: string;
}

function writeToken(token: PageToken): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

function readToken(text: string | null): PageToken | null {
  if (text === null || text === '') return null;
  try {
    const token: JsonObject = JSON.parse(Buffer.from(text, 'base64url').toString());
    return { version: pickText(token, 'version') ?? '', after: pickText(token, 'after') ?? '' };
  } catch {
    // What is no token of ours is the caller's mistake.
    throw badRequest('continue key is not valid');
  }
}
