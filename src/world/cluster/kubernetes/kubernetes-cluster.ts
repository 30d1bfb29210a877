import { BorderError } from '../../../model/error.ts';
import { isJsonList, isJsonObject, type JsonObject, pick, pickText } from '../../../model/json.ts';
import { identify, type ResourceId } from '../../../model/resource.ts';
import type {
  ApiResource,
  Cluster,
  Discovery,
  ListOptions,
  ListPage,
  OpenApi,
  PreviewOptions,
  RemoveOptions,
  ServerVersion,
  WatchEvent,
  WatchOptions,
  WriteOptions,
  WriteResult,
} from '../cluster.ts';
import { actingAs } from './acting-as.ts';
import { readObject } from './answer.ts';
import { applyObject } from './apply.ts';
import { acceptOf, describeAction, notServed, readAs, requireScope } from './objects.ts';
import { createOpenApiReader } from './openapi.ts';
import { readPodLogs } from './pod-logs.ts';
import { appliedConfiguration, type PreviewParts, previewObject } from './preview.ts';
import type { Session } from './session.ts';
import { collectionPath, objectPath, withQuery } from './urls.ts';
import { watchCollection } from './watch.ts';
import { patchObject, removeObject } from './writes.ts';

type Type = Pick<ResourceId, 'group' | 'version' | 'kind'>;

const kubeSystem: ResourceId = { group: '', version: 'v1', kind: 'Namespace', namespace: null, name: 'kube-system' };

/** Pages of the initial list of a watch, and objects in each. */
const initialList = { pages: 2000, limit: 500 };

/** A Kubernetes API server over raw JSON. Made by `openCluster`. */
export class KubernetesCluster implements Cluster {
  readonly name: string;
  readonly #session: Session;
  readonly #openOpenApi: (signal: AbortSignal) => Promise<OpenApi>;

  /** `openApi`: the reader of another cluster object of the same server. */
  constructor(name: string, session: Session, openApi?: (signal: AbortSignal) => Promise<OpenApi>) {
    this.name = name;
    this.#session = session;
    this.#openOpenApi = openApi ?? createOpenApiReader(session.transport, session.limits, session.documents);
  }

  as(user: string): Cluster {
    const transport = actingAs(this.#session.transport, user);
    return new KubernetesCluster(this.name, { ...this.#session, transport }, this.#openOpenApi);
  }

  async version(signal: AbortSignal): Promise<ServerVersion> {
    const answer = await this.#read('/version', 'ask for its version', signal);
    return { gitVersion: pickText(answer, 'gitVersion') ?? 'unknown' };
  }

  async uid(signal: AbortSignal): Promise<string | null> {
    try {
      return pickText(await this.get(kubeSystem, signal), 'metadata', 'uid') ?? null;
    } catch (fault) {
      if (fault instanceof BorderError && fault.kind === 'forbidden') return null;
      throw fault;
    }
  }

  discovery(signal: AbortSignal): Promise<Discovery> {
    return this.#session.catalogue.current(signal);
  }

  openapi(signal: AbortSignal): Promise<OpenApi> {
    return this.#openOpenApi(signal);
  }

  async get(id: ResourceId, signal: AbortSignal): Promise<JsonObject | null> {
    const resource = await this.#session.catalogue.resolve(id, signal);
    if (resource === null) return null;
    const action = describeAction('get', resource, id);
    try {
      const found = await this.#read(objectPath(resource, requireScope(resource, id)), action, signal);
      return this.#session.mask(readAs(resource, found));
    } catch (fault) {
      if (fault instanceof BorderError && fault.kind === 'not-found') return null;
      throw fault;
    }
  }

  async list(type: Type, options: ListOptions, signal: AbortSignal): Promise<ListPage> {
    const { transport, limits, mask } = this.#session;
    const resource = await this.#resolve(type, signal);
    const action = `list ${resource.plural}`;
    const path = withQuery(collectionPath(resource, options.namespace), {
      limit: options.limit,
      continue: options.page,
      labelSelector: options.labelSelector,
    });
    const headers = { accept: acceptOf(options.metadataOnly ? 'PartialObjectMetadataList' : null) };
    const call = { method: 'GET', path, action, headers, deadlineMs: limits.bulkMs, isIdempotent: true } as const;
    const { text } = await transport.send(call, signal);
    const answer = readObject(text, { server: transport.server, action });
    const items = pick(answer, 'items');
    return {
      items: (isJsonList(items) ? items : []).filter(isJsonObject).map((item) => mask(readAs(resource, item))),
      next: pickText(answer, 'metadata', 'continue') || null,
      resourceVersion: pickText(answer, 'metadata', 'resourceVersion') ?? '',
    };
  }

  async write(object: JsonObject, options: WriteOptions, signal: AbortSignal): Promise<WriteResult> {
    return applyObject(this.#session, object, options, signal);
  }

  async preview(object: JsonObject, options: PreviewOptions, signal: AbortSignal): Promise<WriteResult> {
    const raw: PreviewParts['raw'] = async (live, resource, until) =>
      this.#session.unmasked(live) ?? this.#whole(live, resource, until);
    const parts = { session: this.#session, openapi: this.#openOpenApi, raw };
    return previewObject(parts, object, options, signal);
  }

  applied(live: JsonObject): JsonObject | null {
    const configuration = appliedConfiguration(this.#session.unmasked(live) ?? live);
    return configuration === null ? null : this.#session.mask(configuration);
  }

  async patch(
    id: ResourceId,
    jsonPatch: readonly JsonObject[],
    options: { readonly resourceVersion: string | null },
    signal: AbortSignal,
  ): Promise<JsonObject> {
    return patchObject(this.#session, await this.#resolve(id, signal), { id, jsonPatch, ...options }, signal);
  }

  async remove(id: ResourceId, options: RemoveOptions, signal: AbortSignal): Promise<void> {
    await removeObject(this.#session, await this.#resolve(id, signal), { id, ...options }, signal);
  }

  async *watch(type: Type, options: WatchOptions, signal: AbortSignal): AsyncIterable<WatchEvent> {
    try {
      const resource = await this.#resolve(type, signal);
      yield* watchCollection(this.#session, resource, options, (until) => this.#pages(type, options, until), signal);
    } catch (fault) {
      if (!signal.aborted) throw fault;
    }
  }

  async podLogs(id: ResourceId, lines: number, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    return readPodLogs(this.#session, await this.#resolve(id, signal), { id, lines }, signal);
  }

  async close(): Promise<void> {
    await this.#session.transport.close();
  }

  /** The object anew, as it is; null when it is gone. */
  async #whole(live: JsonObject, resource: ApiResource, signal: AbortSignal): Promise<JsonObject | null> {
    const id = identify(live);
    const found = id === null ? null : await this.get({ ...id, version: resource.version }, signal);
    return found === null ? null : (this.#session.unmasked(found) ?? null);
  }

  async *#pages(type: Type, options: WatchOptions, signal: AbortSignal): AsyncIterable<ListPage> {
    let page: string | null = null;
    for (let count = 0; count < initialList.pages; count += 1) {
      const found: ListPage = await this.list(type, { ...options, limit: initialList.limit, page }, signal);
      yield found;
      page = found.next;
      if (page === null) return;
    }
  }

  async #read(path: string, action: string, signal: AbortSignal): Promise<JsonObject> {
    const { transport, limits } = this.#session;
    const call = { method: 'GET', path, action, deadlineMs: limits.requestMs, isIdempotent: true } as const;
    return readObject((await transport.send(call, signal)).text, { server: transport.server, action });
  }

  async #resolve(type: Type, signal: AbortSignal): Promise<ApiResource> {
    const resource = await this.#session.catalogue.resolve(type, signal);
    if (resource === null) throw notServed(type, this.#session.transport.server);
    return resource;
  }
}
