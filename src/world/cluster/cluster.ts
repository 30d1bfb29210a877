import type { JsonObject } from '../../model/json.ts';
import type { ResourceId } from '../../model/resource.ts';

/** One resource type the API server serves, from discovery. */
export interface ApiResource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Plural name used in URLs. */
  readonly plural: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** What the server serves. */
export interface Discovery {
  /** The type of a group, version and kind; undefined when the server does not serve it. */
  find(type: Pick<ResourceId, 'group' | 'version' | 'kind'>): ApiResource | undefined;
  readonly resources: readonly ApiResource[];
  /** `v1`, `apps/v1`, `apps/v1/Deployment`, ...: Helm's `.Capabilities.APIVersions`, sorted. */
  readonly apiVersions: readonly string[];
}

/** OpenAPI v3 of the cluster, one document per group version, cached by the server's content hash. */
export interface OpenApi {
  /** The document of a group version (`apps/v1`, `v1`), perhaps without prose, or null when the server has none. */
  document(groupVersion: string, signal: AbortSignal): Promise<JsonObject | null>;
}

/** How to write: server-side apply as one field manager. */
export interface WriteOptions {
  /** Field manager, 1 to 128 printable characters. */
  readonly manager: string;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly validation: 'Strict' | 'Warn' | 'Ignore';
  /** Impersonated user (`system:serviceaccount:NS:NAME`), or null for the kubeconfig's own identity. */
  readonly as: string | null;
}

/** How to ask what another way of writing than server-side apply would make of an object. */
export interface PreviewOptions {
  /** Field manager, as in `WriteOptions`. */
  readonly manager: string;
  /** Merged three ways with the configuration that was applied last (`kubectl apply`), or put in its place (`kubectl replace`). */
  readonly how: 'three-way' | 'replace';
  /** The object as `get` or `list` gave it; null: it is created. */
  readonly live: JsonObject | null;
  /** What was applied last, by who keeps it elsewhere than in the object, such as Helm; left out: what the object says. */
  readonly original?: JsonObject | null;
}

/** The server's answer to a write. */
export interface WriteResult {
  /** The object after the write (or as it would be), secrets masked. */
  readonly object: JsonObject;
  /** Texts of `Warning: 299` headers, in order. */
  readonly warnings: readonly string[];
  readonly created: boolean;
}

/** One event of a watch. `bookmark` with `synced: true` says that the initial list is complete. */
export type WatchEvent =
  | { readonly kind: 'added' | 'modified' | 'deleted'; readonly object: JsonObject }
  | { readonly kind: 'bookmark'; readonly resourceVersion: string; readonly synced: boolean };

/** One page of a list. */
export interface ListPage {
  readonly items: readonly JsonObject[];
  /** Pass to the next call; null on the last page. */
  readonly next: string | null;
  readonly resourceVersion: string;
}

/** Identity and version of the API server. */
export interface ServerVersion {
  /** Such as `v1.36.3`. */
  readonly gitVersion: string;
}

/**
 * A Kubernetes API server. Every object that leaves this room has its secrets masked (`data`, `stringData` of Secrets and
 * last-applied annotations become `HIDDEN_TAG` values), error texts included. Every call has a deadline. All methods throw
 * `BorderError`: not-found, forbidden (naming the missing permission), conflict, limited, invalid, unauthorized, unavailable.
 */
export interface Cluster {
  /** The kubeconfig context. */
  readonly name: string;
  version(signal: AbortSignal): Promise<ServerVersion>;
  /** Unique id of the cluster: the uid of namespace kube-system; null when it may not be read. */
  uid(signal: AbortSignal): Promise<string | null>;
  discovery(signal: AbortSignal): Promise<Discovery>;
  openapi(signal: AbortSignal): Promise<OpenApi>;
  /** The live object, or null when it does not exist (or its type is not served). */
  get(id: ResourceId, signal: AbortSignal): Promise<JsonObject | null>;
  list(
    type: Pick<ResourceId, 'group' | 'version' | 'kind'>,
    options: ListOptions,
    signal: AbortSignal,
  ): Promise<ListPage>;
  /** Server-side apply. `object` may hold secrets; the answer does not. */
  write(object: JsonObject, options: WriteOptions, signal: AbortSignal): Promise<WriteResult>;
  /** A dry-run of client-side apply or of a replacement, strict; `object` may hold secrets, the answer does not. */
  preview(object: JsonObject, options: PreviewOptions, signal: AbortSignal): Promise<WriteResult>;
  /** The configuration that client-side apply keeps in an object that `get`, `list` or `preview` gave, masked; null where it keeps none. */
  applied(live: JsonObject): JsonObject | null;
  /** JSON patch (RFC 6902), optionally guarded by a resourceVersion (409 becomes `conflict`). */
  patch(
    id: ResourceId,
    jsonPatch: readonly JsonObject[],
    options: { readonly resourceVersion: string | null },
    signal: AbortSignal,
  ): Promise<JsonObject>;
  remove(id: ResourceId, options: RemoveOptions, signal: AbortSignal): Promise<void>;
  /** Ends when the signal fires or the server closes the stream; throws `BorderError` with kind `conflict` on 410 Gone. */
  watch(
    type: Pick<ResourceId, 'group' | 'version' | 'kind'>,
    options: WatchOptions,
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent>;
  /** The last lines of each container's log, newest last, unmasked by pattern only: pass through redaction before showing. */
  podLogs(id: ResourceId, lines: number, signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /**
   * The same API server asked as a user (`system:serviceaccount:NS:NAME`) whom this identity may impersonate; discovery and schemas stay
   * its own. Throws `TypeError` where something was put around a cluster already: it would be lost.
   */
  as(user: string): Cluster;
  /** Closes connections. */
  close(): Promise<void>;
}

export interface ListOptions {
  readonly namespace: string | null;
  readonly labelSelector: string | null;
  readonly metadataOnly: boolean;
  /** `next` of the page before, or null. */
  readonly page: string | null;
  readonly limit: number;
}

export interface RemoveOptions {
  readonly uid: string | null;
  readonly resourceVersion: string | null;
  readonly dryRun: boolean;
  readonly as: string | null;
}

export interface WatchOptions {
  readonly namespace: string | null;
  readonly labelSelector: string | null;
  readonly metadataOnly: boolean;
  /** Start here; null sends the present objects first and then a bookmark with `synced: true`. */
  readonly resourceVersion: string | null;
}
