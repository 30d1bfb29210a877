import type { JsonObject } from '../../model/json.ts';
import { isJsonObject, pickText } from '../../model/json.ts';
import type { ServedKind } from './kinds.ts';
import { expired } from './status.ts';

/** One change, as watchers see it. */
export interface StoreEvent {
  readonly version: number;
  readonly bucket: string;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: JsonObject;
  /** The object before; null when it is new. */
  readonly previous: JsonObject | null;
}

/** How many changes are kept for watchers that come back; older resource versions are answered 410. */
const historyLimit = 2000;

/** The objects in memory, with one resource version for all and the latest changes. */
export class ObjectStore {
  readonly #buckets = new Map<string, Map<string, JsonObject>>();
  readonly #listeners = new Set<(event: StoreEvent) => void>();
  #history: StoreEvent[] = [];
  #version = 1;

  /** The resource version of the newest change. */
  get version(): number {
    return this.#version;
  }

  /** All objects, in no special order of kinds. */
  all(): readonly JsonObject[] {
    return [...this.#buckets.values()].flatMap((bucket) => [...bucket.values()]);
  }

  get(kind: ServedKind, namespace: string | null, name: string): JsonObject | undefined {
    return this.#buckets.get(bucketOf(kind))?.get(keyOf(namespace, name));
  }

  /** The objects of a kind with their keys (`namespace/name`), sorted by key. */
  list(kind: ServedKind, namespace: string | null): readonly (readonly [string, JsonObject])[] {
    const entries = [...(this.#buckets.get(bucketOf(kind)) ?? [])];
    const wanted = namespace === null ? entries : entries.filter(([key]) => key.startsWith(`${namespace}/`));
    return wanted.sort(([one], [other]) => (one < other ? -1 : 1));
  }

  /** Keeps an object under a new resource version and gives it as stored. */
  put(kind: ServedKind, object: JsonObject): JsonObject {
    const stored = this.#numbered(object);
    const bucket = bucketOf(kind);
    const objects = this.#buckets.get(bucket) ?? new Map<string, JsonObject>();
    this.#buckets.set(bucket, objects);
    const key = keyOfObject(stored);
    const previous = objects.get(key) ?? null;
    objects.set(key, stored);
    const type = previous === null ? 'ADDED' : 'MODIFIED';
    this.#tell({ version: this.#version, bucket, type, object: stored, previous });
    return stored;
  }

  remove(kind: ServedKind, object: JsonObject): JsonObject {
    const bucket = bucketOf(kind);
    this.#buckets.get(bucket)?.delete(keyOfObject(object));
    const last = this.#numbered(object);
    this.#tell({ version: this.#version, bucket, type: 'DELETED', object: last, previous: object });
    return last;
  }

  /** Changes after a resource version. Throws a 410 `StatusError` when some of them are no longer kept. */
  since(version: number): readonly StoreEvent[] {
    const oldest = this.#history[0]?.version ?? this.#version + 1;
    if (version + 1 < oldest && version < this.#version) throw expired(String(version), oldest - 1);
    return this.#history.filter((event) => event.version > version);
  }

  /** Forgets the changes so far, as etcd's compaction does. */
  compact(): void {
    this.#history = [];
  }

  /** Calls `listener` on every change; gives the function that stops it. */
  onChange(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #numbered(object: JsonObject): JsonObject {
    this.#version += 1;
    const metadata = isJsonObject(object.metadata) ? object.metadata : {};
    return { ...object, metadata: { ...metadata, resourceVersion: String(this.#version) } };
  }

  #tell(event: StoreEvent): void {
    this.#history.push(event);
    if (this.#history.length > historyLimit) this.#history = this.#history.slice(-historyLimit / 2);
    for (const listener of this.#listeners) listener(event);
  }
}

/** What holds the objects of a kind, whatever version they are read in. */
export function bucketOf(kind: Pick<ServedKind, 'group' | 'plural'>): string {
  return `${kind.group}/${kind.plural}`;
}

function keyOf(namespace: string | null, name: string): string {
  return `${namespace ?? ''}/${name}`;
}

function keyOfObject(object: JsonObject): string {
  return keyOf(pickText(object, 'metadata', 'namespace') ?? null, pickText(object, 'metadata', 'name') ?? '');
}
