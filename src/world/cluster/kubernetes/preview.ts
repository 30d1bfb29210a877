import { parseJson, stringifyJson } from '../../../formats/json.ts';
import { openPatchSchema } from '../../../formats/openapi/patch-schema.ts';
import { mergePatch, strategicPatch, type ThreeWays } from '../../../formats/openapi/three-way.ts';
import { lastApplied } from '../../../formats/redaction/secret-values.ts';
import { isJsonObject, type JsonObject, pickObject, pickText } from '../../../model/json.ts';
import { apiVersionOf, identify, type ResourceId } from '../../../model/resource.ts';
import type { ApiResource, OpenApi, PreviewOptions, WriteResult } from '../cluster.ts';
import { readObject } from './answer.ts';
import { describeAction, notServed, readAs, requireScope, unnamed } from './objects.ts';
import type { Session } from './session.ts';
import type { Call } from './transport.ts';
import { collectionPath, objectPath, withQuery } from './urls.ts';

/** What a preview works with beside the session. */
export interface PreviewParts {
  readonly session: Session;
  readonly openapi: (signal: AbortSignal) => Promise<OpenApi>;
  /** The object as it is, with what was masked of it: what the masked one was made of, else read anew. */
  readonly raw: (live: JsonObject, resource: ApiResource, signal: AbortSignal) => Promise<JsonObject | null>;
}

/**
 * What an object becomes when it is applied by the client, or put in the place of the live one (`Cluster.preview`). Always a dry-run:
 * nothing is written. Throws `BorderError`.
 */
export async function previewObject(
  parts: PreviewParts,
  object: JsonObject,
  options: PreviewOptions,
  signal: AbortSignal,
): Promise<WriteResult> {
  const { session } = parts;
  const id = identify(object);
  if (id === null) throw unnamed(session.transport.server);
  session.redactor.learnSecret(object);
  const resource = await session.catalogue.resolve(id, signal);
  if (resource === null) throw notServed(id, session.transport.server);
  const live = options.live === null ? null : await parts.raw(options.live, resource, signal);
  const preview = { id: requireScope(resource, id), resource, object, options };
  if (live === null) return send(session, preview, creation(preview), signal);
  if (options.how === 'replace') return send(session, preview, replacement(preview, live), signal);
  const call = await application(preview, live, parts, signal);
  if (call === null) return { object: session.mask(live), warnings: [], created: false };
  return send(session, preview, call, signal);
}

/** The configuration that was applied last, as client-side apply keeps it; null where it kept none. */
export function appliedConfiguration(raw: JsonObject): JsonObject | null {
  const text = pickText(raw, 'metadata', 'annotations', lastApplied);
  if (text === undefined) return null;
  try {
    const value = parseJson(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null; // Others may write what they like there: nothing was applied then.
  }
}

interface Preview {
  readonly id: ResourceId;
  readonly resource: ApiResource;
  readonly object: JsonObject;
  readonly options: PreviewOptions;
}

type Request = Pick<Call, 'method' | 'path' | 'body'> & { readonly type: string };

function creation({ id, resource, object, options }: Preview): Request {
  const isKept = options.how === 'three-way' && options.original === undefined;
  const body = stringifyJson(isKept ? withConfiguration(object) : object);
  return { method: 'POST', path: collectionPath(resource, id.namespace), type: 'application/json', body };
}

/** As `kubectl replace`: of the live object only the version stays, so that nobody else's write is lost. */
function replacement({ id, resource, object }: Preview, live: JsonObject): Request {
  const metadata = {
    ...pickObject(object, 'metadata'),
    resourceVersion: pickText(live, 'metadata', 'resourceVersion') ?? '',
  };
  const body = stringifyJson({ ...object, metadata });
  return { method: 'PUT', path: objectPath(resource, id), type: 'application/json', body };
}

/** null where applying changes nothing but what is kept of the configuration. */
async function application(
  preview: Preview,
  live: JsonObject,
  { openapi }: PreviewParts,
  signal: AbortSignal,
): Promise<Request | null> {
  const { id, resource } = preview;
  const document = await (await openapi(signal)).document(apiVersionOf(id), signal);
  const place = document === null ? null : openPatchSchema(document, id);
  const sides = sidesOf(preview, live, place !== null);
  const patch = place === null ? mergePatch(sides) : strategicPatch(sides, place);
  if (isOnlyConfiguration(patch)) return null;
  const type = place === null ? 'application/merge-patch+json' : 'application/strategic-merge-patch+json';
  return { method: 'PATCH', path: objectPath(resource, id), type, body: stringifyJson(patch) };
}

/** Helm keeps no configuration in the object, and of custom resources sends only what it says otherwise than before (Helm 3, pkg/kube). */
function sidesOf({ object, options: { original } }: Preview, live: JsonObject, isStrategic: boolean): ThreeWays {
  if (original === undefined)
    return { original: appliedConfiguration(live) ?? undefined, modified: withConfiguration(object), current: live };
  const current = isStrategic || original === null ? live : original;
  return { original: original ?? undefined, modified: object, current };
}

function isOnlyConfiguration({ metadata = {}, ...rest }: JsonObject): boolean {
  const { annotations = {}, ...named } = pickObject(metadata);
  const all = { ...rest, ...named, ...pickObject(annotations) };
  return Object.keys(all).every((key) => key === lastApplied);
}

async function send(
  session: Session,
  { id, resource, object, options }: Preview,
  { type, path, ...request }: Request,
  signal: AbortSignal,
): Promise<WriteResult> {
  const { transport, limits } = session;
  const action = describeAction('dry-run', resource, id);
  const query = { fieldManager: options.manager, fieldValidation: 'Strict', dryRun: 'All' };
  const call: Call = {
    ...request,
    path: withQuery(path, query),
    action,
    headers: { 'content-type': type },
    deadlineMs: limits.requestMs,
    isIdempotent: true,
    about: object,
  };
  const { text, warnings, status } = await transport.send(call, signal);
  const written = readObject(text, { server: transport.server, action });
  return { object: session.mask(readAs(resource, written)), warnings, created: status === 201 };
}

function withConfiguration(object: JsonObject): JsonObject {
  const metadata = pickObject(object, 'metadata');
  const annotations = { ...pickObject(metadata, 'annotations'), [lastApplied]: configurationOf(object) };
  return { ...object, metadata: { ...metadata, annotations } };
}

/** As kubectl writes it: one line, an empty map of annotations where there are none. */
function configurationOf(object: JsonObject): string {
  const metadata = pickObject(object, 'metadata');
  return `${stringifyJson({ ...object, metadata: { annotations: {}, ...metadata } })}\n`;
}
