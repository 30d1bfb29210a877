import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isJsonList, type Json, type JsonObject, pick, pickText } from '../../model/json.ts';
import { driftJob } from '../../model/queued.ts';
import { type RepoRef, repoKey } from '../../model/repo.ts';
import { apiVersionOf, type ResourceId } from '../../model/resource.ts';
import type { Cluster, WatchEvent } from '../../world/cluster/cluster.ts';
import type { Queue } from '../../world/store/queue.ts';
import type { WatchedObjects } from './tools.ts';

/** What watching needs beside the clusters. */
export interface WatcherOptions {
  readonly queue: Queue;
  readonly now: () => Date;
  /** Told of a stream that broke; it is opened again. */
  readonly onFault: (cluster: string, error: unknown) => void;
}

/** Watches objects of clusters from their metadata alone. */
export interface Watcher {
  readonly watch: (target: WatchedObjects) => void;
  close(): Promise<void>;
}

/** Several writes within so many milliseconds wake a target once. */
const debounce = 300;

/** Shortest and longest time before a broken stream is opened again, in milliseconds. */
const [shortestPause, longestPause] = [500, 30_000];

/**
 * Watches kinds by metadata: on any write that changes a field somebody owns, the API server moves that field between the entries
 * of managedFields, so drift shows without a single spec (kubernetes-sigs/structured-merge-diff, merge/update.go). Kept for each
 * object is one hash of who owns what in which generation; writes to `status` do not change it.
 */
export function createWatcher(options: WatcherOptions): Watcher {
  const streams = new Map<string, Stream>();
  const stop = new AbortController();
  return {
    watch: (target) => {
      for (const id of target.ids) addObject({ streams, options, signal: stop.signal }, target, id);
    },
    close: async () => {
      stop.abort();
      await Promise.allSettled([...streams.values()].map(({ running }) => running));
    },
  };
}

/** One kind of one namespace in one cluster. */
interface Stream {
  /** Name -> the targets that want it. */
  readonly wanted: Map<string, Map<string, { readonly repo: RepoRef; readonly target: string }>>;
  /** Name -> hash of its owners as last seen. */
  readonly seen: Map<string, string>;
  running: Promise<void>;
}

interface Around {
  readonly streams: Map<string, Stream>;
  readonly options: WatcherOptions;
  readonly signal: AbortSignal;
}

function addObject(around: Around, { repo, target, place }: WatchedObjects, id: ResourceId): void {
  const { read, context } = place;
  const type = read?.discovery.find(id);
  if (read === null || type === undefined || !type.verbs.includes('watch')) return;
  const namespace = type.namespaced ? (id.namespace ?? read.namespace) : null;
  const key = `${context ?? ''}\u0000${apiVersionOf(id)}/${id.kind}\u0000${namespace ?? ''}`;
  let stream = around.streams.get(key);
  if (stream === undefined) {
    stream = { wanted: new Map(), seen: new Map(), running: Promise.resolve() };
    around.streams.set(key, stream);
    stream.running = follow(stream, { cluster: read.cluster, id, namespace }, around);
  }
  const targets = stream.wanted.get(id.name) ?? new Map();
  stream.wanted.set(id.name, targets.set(`${repoKey(repo)} ${target}`, { repo, target }));
}

interface Place {
  readonly cluster: Cluster;
  readonly id: ResourceId;
  readonly namespace: string | null;
}

async function follow(stream: Stream, place: Place, around: Around): Promise<void> {
  const { options, signal } = around;
  let pause = shortestPause;
  while (!signal.aborted) {
    const opened = options.now().getTime();
    try {
      // From the present state: what changed while nobody looked differs from what was seen before.
      const watching = { namespace: place.namespace, labelSelector: null, metadataOnly: true, resourceVersion: null };
      for await (const event of place.cluster.watch(place.id, watching, signal)) await take(event, stream, options);
    } catch (error) {
      if (signal.aborted) return;
      options.onFault(place.cluster.name, error);
    }
    pause = options.now().getTime() - opened > longestPause ? shortestPause : Math.min(pause * 2, longestPause);
    await delay(pause, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
  }
}

async function take(event: WatchEvent, stream: Stream, options: WatcherOptions): Promise<void> {
  if (event.kind === 'bookmark') return;
  const name = pickText(event.object, 'metadata', 'name') ?? '';
  const targets = stream.wanted.get(name);
  const owners = event.kind === 'deleted' ? 'deleted' : ownersHash(event.object);
  const before = stream.seen.get(name);
  if (targets === undefined) return;
  stream.seen.set(name, owners);
  if (before === undefined || before === owners) return;
  const runAt = new Date(options.now().getTime() + debounce);
  for (const { repo, target } of targets.values()) {
    const { job, ...how } = driftJob(repo, target, `${event.kind} ${place(event.object)}`, runAt);
    await options.queue.add(null, job, how);
  }
}

function place(object: JsonObject): string {
  const [kind, namespace, name] = [
    pickText(object, 'kind') ?? '',
    pickText(object, 'metadata', 'namespace') ?? '',
    pickText(object, 'metadata', 'name') ?? '',
  ];
  return `${kind} ${namespace}/${name}`;
}

/** Who owns what, but for the status: 128 bits are plenty to tell two states of one object apart. */
function ownersHash(object: JsonObject): string {
  const entries = pick(object, 'metadata', 'managedFields');
  const owned = (isJsonList(entries) ? entries : []).filter(
    (entry: Json) => pickText(entry, 'subresource') !== 'status',
  );
  // Entries tell whole seconds: a second write of one manager within a second shows in the generation, which a status never moves.
  const version = pick(object, 'metadata', 'generation') ?? pick(object, 'metadata', 'resourceVersion');
  return createHash('sha256')
    .update(`${String(version)} ${JSON.stringify(owned)}`)
    .digest('base64')
    .slice(0, 22);
}
