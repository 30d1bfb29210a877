import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { archiveCommit, fetchCommit } from './git-mirror.ts';
import { type GitRepository, readGitRepository } from './git-repository.ts';
import { type KubeAccess, type KubeApi, openKubeApi } from './kube-api.ts';
import { type Artifact, failed, seconds, succeeded } from './status.ts';

export interface SourceControllerOptions {
  readonly access: KubeAccess;
  /** The one namespace whose GitRepositories it looks after: several may share a cluster. */
  readonly namespace: string;
  readonly now?: () => Date;
}

/** A running controller. */
export interface SourceController {
  /** `http://127.0.0.1:PORT`, where it serves what it has stored. */
  readonly url: string;
  close(): Promise<void>;
}

const collection = (namespace: string): string =>
  `/apis/source.toolkit.fluxcd.io/v1/namespaces/${namespace}/gitrepositories`;

/**
 * Plays Flux's source-controller for GitRepositories: fetches over Git when one is new, changed or asked for by the annotation
 * `reconcile.fluxcd.io/requestedAt`, stores the commit's files, serves them on loopback and writes status. Intervals pass without
 * a look, so that nothing happens but what was asked for. Not played: semver ranges, credentials, signatures, ignore rules,
 * includes, and every other kind of source.
 */
export async function startSourceController(options: SourceControllerOptions): Promise<SourceController> {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-source-controller-'));
  const stored = new Map<string, Buffer>();
  const { server, url } = await serve(stored);
  const api = openKubeApi(options.access);
  const stop = new AbortController();
  const place: Place = { api, folder, stored, url, now: options.now ?? (() => new Date()), queues: new Map() };
  const running = run(place, options.namespace, stop.signal);
  return {
    url,
    close: async () => {
      stop.abort();
      await running;
      await Promise.all(place.queues.values());
      api.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Place {
  readonly api: KubeApi;
  readonly folder: string;
  /** Archives by path. */
  readonly stored: Map<string, Buffer>;
  readonly url: string;
  readonly now: () => Date;
  /** The work under way on each object, one after the other. */
  readonly queues: Map<string, Promise<void>>;
}

async function run(place: Place, namespace: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const object of place.api.follow(collection(namespace), signal)) enqueue(place, object);
    } catch {
      // The server is away, or its kinds are not served yet: the controller outlives both.
      if (!signal.aborted) await delay(200);
    }
  }
}

function enqueue(place: Place, object: Parameters<typeof readGitRepository>[0]): void {
  const { namespace, name } = readGitRepository(object);
  const before = place.queues.get(name) ?? Promise.resolve();
  // What cannot be written now is written after the next event.
  const work = before.then(() => reconcile(place, `${collection(namespace)}/${name}`)).catch(() => undefined);
  place.queues.set(name, work);
}

/** Looks at the object as it is now: several events in a row are one piece of work. */
async function reconcile(place: Place, path: string): Promise<void> {
  const object = await place.api.get(path);
  if (object === null) return;
  const repository = readGitRepository(object);
  if (!isDue(place, repository)) return;
  await place.api.mergePatch(`${path}/status`, { status: await fetch(place, repository) });
}

function isDue({ stored }: Place, repository: GitRepository): boolean {
  const { request, handled, generation, seen, isSuspended } = repository;
  if (isSuspended) return false;
  const isLost = repository.revision !== null && !stored.has(pathOf(repository, repository.revision.slice(-40)));
  return seen !== generation || isLost || request !== handled;
}

async function fetch(place: Place, repository: GitRepository): Promise<ReturnType<typeof failed>> {
  const { reference, url } = repository;
  if (reference === null) return failed(repository, 'ranges of versions are not played here', place.now());
  try {
    const folder = join(place.folder, repository.name);
    await mkdir(folder, { recursive: true });
    const commit = await fetchCommit(folder, url, reference);
    return succeeded(repository, await store(place, repository, { folder, commit }), place.now());
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `failed to checkout and determine revision: unable to clone '${url}': ${why}`;
    return failed(repository, message, place.now());
  }
}

async function store(
  { stored, url, now }: Place,
  repository: GitRepository,
  { folder, commit }: { readonly folder: string; readonly commit: string },
): Promise<Artifact> {
  const path = pathOf(repository, commit);
  const archive = stored.get(path) ?? (await archiveCommit(folder, commit));
  stored.set(path, archive);
  const label = repository.reference?.label ?? '';
  return {
    url: `${url}/${path}`,
    path,
    revision: `${label}${label === '' ? '' : '@'}sha1:${commit}`,
    digest: `sha256:${createHash('sha256').update(archive).digest('hex')}`,
    size: archive.length,
    lastUpdateTime: seconds(now()),
  };
}

function pathOf({ namespace, name }: GitRepository, commit: string): string {
  return `gitrepository/${namespace}/${name}/${commit}.tar.gz`;
}

async function serve(stored: Map<string, Buffer>): Promise<{ readonly server: Server; readonly url: string }> {
  const answer: RequestListener = (incoming, outgoing) => {
    const archive = stored.get(new URL(incoming.url ?? '/', 'http://loopback').pathname.slice(1));
    if (archive === undefined) outgoing.writeHead(404).end();
    else outgoing.writeHead(200, { 'content-type': 'application/gzip', 'content-length': archive.length }).end(archive);
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // listen() on a TCP host always gives an AddressInfo
  const { port } = server.address() as AddressInfo;
  return { server, url: `http://127.0.0.1:${port}` };
}
