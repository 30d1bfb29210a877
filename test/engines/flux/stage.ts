import { setTimeout as delay } from 'node:timers/promises';
import { parseAllDocuments } from 'yaml';
import type { Engine, EngineStep, EngineWork } from '../../../src/engines/engine.ts';
import { createFluxEngine } from '../../../src/engines/flux/flux-engine.ts';
import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import type { TargetHealth } from '../../../src/model/health.ts';
import { type Json, type JsonObject, pick, pickText } from '../../../src/model/json.ts';
import type { Resource, ResourceId } from '../../../src/model/resource.ts';
import { targetId } from '../../../src/model/target.ts';
import { startSourceController } from '../../../src/pretend/source-controller/source-controller.ts';
import type { Cluster } from '../../../src/world/cluster/cluster.ts';
import { openCluster } from '../../../src/world/cluster/kubernetes/open-cluster.ts';
import type { ControlPlane } from '../../control-plane/control-plane.ts';
import { useFlux } from '../../control-plane/flux/flux.ts';
import { type ServedRepository, serveRepository } from '../argocd/git-server.ts';
import { healthOf } from '../argocd/health.ts';

/** A real kustomize-controller, a source-controller that is played, a repository they read and the engine that works with them. */
export interface Stage {
  readonly plane: ControlPlane;
  readonly repository: ServedRepository;
  readonly engine: Engine;
  /** The namespace of Flux's objects. */
  readonly namespace: string;
  /** Requests the engine has made, in order: `GitRepository/name` or `Kustomization/name`. */
  readonly requests: readonly string[];
  /** A namespace, a branch, and what applies the folder of that name from that branch into that namespace. */
  place(options?: PlaceOptions): Promise<Place>;
  close(): Promise<void>;
}

export interface PlaceOptions {
  /** First content; default one ConfigMap. */
  readonly files?: Files;
  /** Merged into the Kustomization's spec. */
  readonly spec?: JsonObject;
  readonly sourceSpec?: JsonObject;
}

/** Files of a folder; null removes one. */
export type Files = Readonly<Record<string, string | null>>;

/** One application of a test. */
export interface Place {
  readonly name: string;
  /** Commits files of its folder, and lets its branch have them. Gives the commit id. */
  commit(files: Files): string;
  /** Commits without the branch having it. */
  prepare(files: Files): string;
  /** Lets the branch have a commit, unless it has a later one. */
  publish(commit: string): void;
  work(deployment: string, commit: string, more?: Partial<EngineWork>): EngineWork;
  /** Its live Kustomization. */
  live(): Promise<JsonObject>;
  patch(spec: JsonObject): Promise<void>;
  requests(): readonly string[];
}

/** Opens the stage; the control plane and Flux start when they do not run yet. */
export async function openStage(): Promise<Stage> {
  const { plane } = await useFlux();
  const namespace = await plane.namespace('flux');
  const repository = await serveRepository();
  repository.commit({ 'README.md': 'fleet' });
  const access = { server: plane.server, token: plane.token, ca: plane.certificate };
  const sources = await startSourceController({ access, namespace });
  const redactor = createRedactor({ key: Buffer.alloc(32, 7) });
  const cluster = await openCluster({ kubeconfig: { paths: [plane.kubeconfig] }, context: plane.context, redactor });
  const { recorded, requests } = record(cluster);
  const engine = createFluxEngine({
    cluster: recorded,
    namespace,
    isAncestor: async (commit, of) => repository.isAncestor(commit, of),
    health: healthOf(cluster, redactor),
    predictor: {
      name: 'none',
      manager: 'kustomize-controller',
      predict: async () => ({ changes: [], findings: [], error: null, live: new Map() }),
    },
    redactor,
    now: () => new Date(),
  });
  const ground = { plane, repository, namespace, requests };
  return {
    ...ground,
    engine,
    place: (options = {}) => makePlace(ground, options),
    close: async () => {
      await sources.close();
      await cluster.close();
      await repository.close();
    },
  };
}

/** Steps until it is more than `again`; gives the last step and the journals on the way. */
export async function carryOut(
  engine: Engine,
  work: EngineWork,
  options: { readonly journal?: Json; readonly until?: (step: EngineStep) => boolean } = {},
): Promise<{ readonly step: EngineStep; readonly journals: readonly Json[]; readonly notes: readonly string[] }> {
  const { until = (step) => step.kind !== 'again' } = options;
  const journals: Json[] = [options.journal ?? null];
  const notes: string[] = [];
  for (const end = Date.now() + 45_000; Date.now() < end; ) {
    const step = await engine.step(work, journals.at(-1) ?? null, AbortSignal.timeout(20_000));
    journals.push(JSON.parse(JSON.stringify(step.journal)));
    if (step.kind === 'again') notes.push(step.note);
    if (until(step)) return { step, journals, notes };
    await delay(Math.min(step.kind === 'again' ? step.afterMs : 0, 250));
  }
  throw new Error(`no end within 45 s: ${notes.slice(-5).join(' | ')}`);
}

/** Asks for the health of a deployment until it is as wanted. */
export async function healthUntil(
  engine: Engine,
  work: EngineWork,
  journal: Json,
  state: TargetHealth['state'],
): Promise<TargetHealth> {
  let health: TargetHealth | null = null;
  for (const end = Date.now() + 45_000; Date.now() < end; await delay(200)) {
    health = await engine.status(work, journal, AbortSignal.timeout(20_000));
    if (health.state === state) return health;
  }
  throw new Error(`not ${state} within 45 s: ${JSON.stringify(health)}`);
}

type Ground = Pick<Stage, 'plane' | 'repository' | 'namespace' | 'requests'>;

async function makePlace(ground: Ground, options: PlaceOptions): Promise<Place> {
  const { plane, repository, namespace, requests } = ground;
  const name = await plane.namespace('app');
  repository.git('branch', `${name}-next`, 'main');
  const prepare = (files: Files): string => {
    const inFolder = Object.entries(files).map(([file, content]) => [`apps/${name}/${file}`, content]);
    repository.git('checkout', '--quiet', `${name}-next`);
    return repository.commit(Object.fromEntries(inFolder));
  };
  const publish = (commit: string): void => {
    if (!repository.isAncestor(commit, `refs/heads/${name}`))
      repository.git('update-ref', `refs/heads/${name}`, commit);
  };
  publish(prepare(options.files ?? { 'config.yaml': configMap('settings', 'one') }));
  const objects = [sourceObject(name, repository.url, options), kustomizationObject(name, options)];
  const create = { apiVersion: 'v1', kind: 'List', items: objects };
  await plane.kubectl(['create', '-n', namespace, '-f', '-'], { input: JSON.stringify(create) });
  if (options.sourceSpec?.['suspend'] !== true) await whenFetched(ground, name);
  const path = `/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/${namespace}/kustomizations/${name}`;
  return {
    name,
    prepare,
    publish,
    commit: (files) => {
      const commit = prepare(files);
      publish(commit);
      return commit;
    },
    work: (deployment, commit, more = {}) => workOf(repository, { name, deployment, commit }, more),
    live: async () => JSON.parse((await plane.request('GET', path)).text),
    patch: async (spec) => {
      await plane.request('PATCH', path, { spec }, 'application/merge-patch+json');
    },
    requests: () => requests.filter((one) => one.endsWith(`/${name}`)),
  };
}

/** A source that is new fetches unasked; after that it fetches only what it is asked for. */
async function whenFetched({ plane, namespace }: Ground, name: string): Promise<void> {
  const wanted = ['--for=condition=Ready', '--timeout=30s'];
  await plane.kubectl(['wait', `gitrepository/${name}`, '-n', namespace, ...wanted]);
}

function sourceObject(name: string, url: string, { sourceSpec = {} }: PlaceOptions): object {
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name },
    spec: { interval: '1h', url, ref: { branch: name }, ...sourceSpec },
  };
}

function kustomizationObject(name: string, { spec = {} }: PlaceOptions): object {
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name },
    spec: {
      interval: '1h',
      timeout: '30s',
      path: `./apps/${name}`,
      prune: true,
      targetNamespace: name,
      sourceRef: { kind: 'GitRepository', name },
      ...spec,
    },
  };
}

function workOf(
  repository: ServedRepository,
  { name, deployment, commit }: { readonly name: string; readonly deployment: string; readonly commit: string },
  more: Partial<EngineWork>,
): EngineWork {
  const parts = { application: `apps/${name}`, environment: 'test', cluster: 'real' };
  return {
    deployment,
    repo: { forge: 'github', id: 1, fullName: 'acme/fleet', installation: null },
    urls: [repository.url],
    target: { ...parts, id: targetId(parts), digest: null, error: null },
    root: `apps/${name}`,
    branch: name,
    commit,
    desired: desiredAt(repository, commit, name),
    deletes: [],
    confirmed: false,
    takeovers: [],
    ...more,
  };
}

/** The objects of a folder at a commit, in the namespace of its name. */
function desiredAt(repository: ServedRepository, commit: string, name: string): readonly Resource[] {
  const files = repository.git('ls-tree', '-r', '--name-only', commit, `apps/${name}/`).split('\n');
  const texts = files.filter((file) => file !== '').map((file) => repository.git('show', `${commit}:${file}`));
  const objects: JsonObject[] = texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS()));
  return objects
    .filter((object) => pickText(object, 'metadata', 'name') !== undefined)
    .map((object) => ({ id: idOf(object, name), object, source: null, lines: new Map(), random: [] }));
}

function idOf(object: JsonObject, namespace: string): ResourceId {
  const [group = '', version] = (pickText(object, 'apiVersion') ?? '').split('/');
  const kind = pickText(object, 'kind') ?? '';
  const name = pickText(object, 'metadata', 'name') ?? '';
  return version === undefined
    ? { group: '', version: group, kind, namespace, name }
    : { group, version, kind, namespace, name };
}

/** The cluster with a record of the requests that were made through it. */
function record(cluster: Cluster): { readonly recorded: Cluster; readonly requests: string[] } {
  const requests: string[] = [];
  const patch: Cluster['patch'] = async (id, jsonPatch, options, signal) => {
    const answer = await cluster.patch(id, jsonPatch, options, signal);
    requests.push(`${id.kind}/${id.name}`);
    return answer;
  };
  const recorded = new Proxy(cluster, {
    get: (target, key) => {
      if (key === 'patch') return patch;
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { recorded, requests };
}

export function configMap(name: string, value: string, labels: JsonObject = {}): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels }, data: { key: value } });
}

/** A Service that the API server refuses. */
export const invalidService = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'broken' },
  spec: { ports: [{ port: 70_000 }] },
});

/** A Deployment of two pods; `fail` names the reason its pods never turn ready. */
export function deployment(image: string, fail: string | null = null): string {
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas: 2,
      progressDeadlineSeconds: 3,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' }, annotations: fail === null ? {} : { 'kwok.fail': fail } },
        spec: { containers: [{ name: 'web', image }] },
      },
    },
  };
  return JSON.stringify(object);
}

/** What the status of an object says under a chain of keys. */
export function statusOf(object: JsonObject, ...keys: readonly string[]): Json {
  return pick(object, 'status', ...keys) ?? null;
}
