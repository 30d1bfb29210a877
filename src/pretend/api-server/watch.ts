import type { ServerResponse } from 'node:http';
import { stringifyJson } from '../../formats/json.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Api } from './api.ts';
import type { ApiRequest } from './exchange.ts';
import { type Shape, shapeFor } from './read.ts';
import { groupVersionOf } from './registry.ts';
import type { Route } from './route.ts';
import { readSelector, type Selector } from './selectors.ts';
import { invalidOptions, StatusError } from './status.ts';
import { bucketOf, type StoreEvent } from './store.ts';

const defaultSeconds = 1800;
const bookmarkMs = 60_000;

/**
 * Streams the changes of a collection as JSON lines until the client leaves, the time is over or the server closes. Where
 * the asked resource version is gone, the stream holds one ERROR event with status 410. Throws a 422 `StatusError` before
 * anything is sent.
 */
export function streamWatch(api: Api, route: Route, request: ApiRequest, response: ServerResponse): void {
  const plan = readPlan(route, request);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  const send = (type: string, object: JsonObject) => {
    response.write(`${stringifyJson({ type, object })}\n`);
  };
  try {
    for (const event of startingEvents(api, route, plan)) send(event.type, plan.shape.one(event.object));
  } catch (fault) {
    if (!(fault instanceof StatusError)) throw fault;
    send('ERROR', fault.status);
    response.end();
    return;
  }
  const bookmark = (marks: JsonObject) => send('BOOKMARK', plan.shape.one(bookmarkOf(api, route, marks)));
  if (plan.sendsInitial && plan.isSynced) bookmark({ annotations: { 'k8s.io/initial-events-end': 'true' } });
  const stop = api.store.onChange((event) => {
    const seen = isIn(route, event) ? seenAs(event, plan.selected) : null;
    if (seen !== null) send(seen, plan.shape.one(event.object));
  });
  const beat = setInterval(() => plan.takesBookmarks && bookmark({}), bookmarkMs);
  const timer = setTimeout(() => response.end(), plan.seconds * 1000);
  const end = () => response.end();
  api.closing.addEventListener('abort', end, { once: true });
  response.on('close', () => {
    stop();
    clearInterval(beat);
    clearTimeout(timer);
    api.closing.removeEventListener('abort', end);
  });
}

interface WatchPlan {
  readonly selected: Selector;
  readonly shape: Shape;
  /** Start after this version; null sends the present objects first. */
  readonly version: number | null;
  readonly sendsInitial: boolean;
  /** Whether the end of the present objects is marked. */
  readonly isSynced: boolean;
  readonly takesBookmarks: boolean;
  readonly seconds: number;
}

function readPlan(route: Route, request: ApiRequest): WatchPlan {
  const { query } = request;
  const isSynced = query.get('sendInitialEvents') === 'true';
  if (isSynced && query.get('resourceVersionMatch') !== 'NotOlderThan') {
    const cause = 'Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
    throw invalidOptions('ListOptions', 'resourceVersionMatch', cause);
  }
  const version = query.get('resourceVersion') ?? '';
  const sendsInitial = isSynced || (version === '' && !query.has('sendInitialEvents')) || version === '0';
  return {
    selected: readSelector(query),
    shape: shapeFor(route.kind, request),
    version: sendsInitial ? null : Number(version),
    sendsInitial,
    isSynced,
    takesBookmarks: query.get('allowWatchBookmarks') === 'true',
    seconds: Number(query.get('timeoutSeconds') ?? 0) || defaultSeconds,
  };
}

interface Shown {
  readonly type: string;
  readonly object: JsonObject;
}

function startingEvents(api: Api, route: Route, plan: WatchPlan): readonly Shown[] {
  if (plan.version === null) {
    const objects = api.store.list(route.kind, route.namespace).map(([, object]) => object);
    return objects
      .filter((object) => plan.selected(object) && isNamed(route, object))
      .map((object) => ({ type: 'ADDED', object }));
  }
  return api.store
    .since(plan.version)
    .filter((event) => isIn(route, event))
    .flatMap((event) => {
      const type = seenAs(event, plan.selected);
      return type === null ? [] : [{ type, object: event.object }];
    });
}

/** How a watcher with a selector sees a change: an object may come into its view or leave it. */
function seenAs(event: StoreEvent, selected: Selector): StoreEvent['type'] | null {
  const was = event.previous !== null && selected(event.previous);
  const is = event.type !== 'DELETED' && selected(event.object);
  if (was) return is ? 'MODIFIED' : 'DELETED';
  return is ? 'ADDED' : null;
}

function isIn(route: Route, event: StoreEvent): boolean {
  if (event.bucket !== bucketOf(route.kind)) return false;
  const metadata = event.object.metadata as JsonObject;
  return (route.namespace === null || metadata.namespace === route.namespace) && isNamed(route, event.object);
}

/** A watch of one object's URL sees that object only. */
function isNamed(route: Route, object: JsonObject): boolean {
  return route.name === null || (object.metadata as JsonObject).name === route.name;
}

function bookmarkOf(api: Api, route: Route, marks: JsonObject): JsonObject {
  const metadata = { resourceVersion: String(api.store.version), ...marks };
  return { kind: route.kind.kind, apiVersion: groupVersionOf(route.kind), metadata };
}
