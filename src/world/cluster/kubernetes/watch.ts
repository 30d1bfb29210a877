import { BorderError } from '../../../model/error.ts';
import { isJsonObject, type JsonObject, pick, pickText } from '../../../model/json.ts';
import type { ApiResource, ListPage, WatchEvent, WatchOptions } from '../cluster.ts';
import { readObject } from './answer.ts';
import { type Attempt, garbledError, refusalError, statusMessage } from './errors.ts';
import { readLines } from './lines.ts';
import { acceptOf, readAs } from './objects.ts';
import type { Session } from './session.ts';
import { collectionPath, withQuery } from './urls.ts';

/** The initial list in pages, for servers that cannot stream it. */
type ListAll = (signal: AbortSignal) => AsyncIterable<ListPage>;

/**
 * The events of a collection. Without a resourceVersion the server streams the present objects first (`sendInitialEvents`);
 * an older server refuses that, and they are listed instead.
 */
export async function* watchCollection(
  session: Session,
  resource: ApiResource,
  options: WatchOptions,
  listAll: ListAll,
  signal: AbortSignal,
): AsyncIterable<WatchEvent> {
  if (options.resourceVersion !== null) {
    yield* stream(session, resource, options, signal);
    return;
  }
  const streamed = stream(session, resource, options, signal)[Symbol.asyncIterator]();
  const first = await streamed.next().catch(unlessItCannotStream);
  if (first === null) {
    yield* listThenWatch(session, resource, options, listAll, signal);
    return;
  }
  try {
    if (first.done !== true) yield first.value;
    yield* { [Symbol.asyncIterator]: () => streamed };
  } finally {
    // whoever stops after the first event must not leave the connection open
    await streamed.return?.();
  }
}

async function* listThenWatch(
  session: Session,
  resource: ApiResource,
  options: WatchOptions,
  listAll: ListAll,
  signal: AbortSignal,
): AsyncIterable<WatchEvent> {
  let resourceVersion = '';
  for await (const page of listAll(signal)) {
    resourceVersion = page.resourceVersion;
    for (const object of page.items) yield { kind: 'added', object };
  }
  yield { kind: 'bookmark', resourceVersion, synced: true };
  yield* stream(session, resource, { ...options, resourceVersion }, signal);
}

async function* stream(
  session: Session,
  resource: ApiResource,
  options: WatchOptions,
  signal: AbortSignal,
): AsyncIterable<WatchEvent> {
  const { limits, transport } = session;
  const action = `watch ${resource.plural}`;
  const attempt = { server: transport.server, action };
  const isInitial = options.resourceVersion === null;
  const path = withQuery(collectionPath(resource, options.namespace), {
    watch: true,
    allowWatchBookmarks: true,
    timeoutSeconds: Math.ceil(limits.watchMs / 1000),
    labelSelector: options.labelSelector,
    resourceVersion: options.resourceVersion,
    sendInitialEvents: isInitial ? true : null,
    resourceVersionMatch: isInitial ? 'NotOlderThan' : null,
  });
  const headers = { accept: acceptOf(options.metadataOnly ? 'PartialObjectMetadata' : null) };
  const deadlineMs = limits.bulkMs;
  const chunks = await transport.stream(
    { method: 'GET', path, action, headers, deadlineMs, isIdempotent: true },
    signal,
  );
  for await (const line of readLines(chunks, limits.answerBytes, attempt)) {
    yield readEvent(session, resource, readObject(line, attempt), attempt);
  }
}

function readEvent(session: Session, resource: ApiResource, event: JsonObject, attempt: Attempt): WatchEvent {
  const { type, object } = event;
  if (!isJsonObject(object)) throw garbledError(attempt, 'an event without an object');
  switch (type) {
    case 'ADDED':
      return { kind: 'added', object: session.mask(readAs(resource, object)) };
    case 'MODIFIED':
      return { kind: 'modified', object: session.mask(readAs(resource, object)) };
    case 'DELETED':
      return { kind: 'deleted', object: session.mask(readAs(resource, object)) };
    case 'BOOKMARK':
      return {
        kind: 'bookmark',
        resourceVersion: pickText(object, 'metadata', 'resourceVersion') ?? '',
        synced: pickText(object, 'metadata', 'annotations', 'k8s.io/initial-events-end') === 'true',
      };
    default:
      throw errorEvent(session, object, attempt);
  }
}

function errorEvent(session: Session, status: JsonObject, attempt: Attempt): BorderError {
  const code = pick(status, 'code');
  return refusalError(attempt, {
    status: typeof code === 'number' ? code : 500,
    body: status,
    message: session.redactor.text(statusMessage(status)),
    retryAt: null,
  });
}

function unlessItCannotStream(fault: unknown): null {
  if (fault instanceof BorderError && fault.kind === 'invalid') return null;
  throw fault;
}
