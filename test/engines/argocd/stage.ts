import { setTimeout as delay } from 'node:timers/promises';
import { createArgoCdEngine } from '../../../src/engines/argocd/argocd-engine.ts';
import type { Engine, EngineStep, EngineWork } from '../../../src/engines/engine.ts';
import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import type { TargetHealth } from '../../../src/model/health.ts';
import { type Json, type JsonObject, pick } from '../../../src/model/json.ts';
import { targetId } from '../../../src/model/target.ts';
import type { Cluster } from '../../../src/world/cluster/cluster.ts';
import { openCluster } from '../../../src/world/cluster/kubernetes/open-cluster.ts';
import { type ArgoCd, useArgoCd } from '../../control-plane/argocd/argocd.ts';
import { type ServedRepository, serveRepository } from './git-server.ts';
import { healthOf } from './health.ts';

/** A real Argo CD, a repository it reads and the engine that works with both. */
export interface Stage {
  readonly argo: ArgoCd;
  readonly repository: ServedRepository;
  readonly engine: Engine;
  /** Syncs the engine has started, in order: the values written to `operation`. */
  readonly syncs: readonly Json[];
  /** A namespace, and in it what an Application of the same name deploys from the folder of that name. */
  application(spec?: ApplicationOptions): Promise<Place>;
  /** Moves the engine's clock on. */
  pass(milliseconds: number): void;
  close(): Promise<void>;
}

export interface ApplicationOptions {
  readonly automated?: { readonly prune?: boolean };
  readonly project?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Folders of the repository, at main or a revision of their own; default the one of its name. */
  readonly sources?: readonly { readonly path: string; readonly targetRevision?: string }[];
  /** First content; default one ConfigMap. */
  readonly files?: Readonly<Record<string, string>>;
}

/** One application of a test. */
export interface Place {
  readonly name: string;
  /** Commits files of its folder; null removes one. Gives the commit id. */
  commit(files: Readonly<Record<string, string | null>>): string;
  work(deployment: string, commit: string, more?: Partial<EngineWork>): EngineWork;
  /** The live Application. */
  live(): Promise<JsonObject>;
}

/** Opens the stage; the control plane and Argo CD start when they do not run yet. */
export async function openStage(): Promise<Stage> {
  const argo = await useArgoCd();
  const repository = await serveRepository();
  const { plane, namespace } = argo;
  const cluster = await openAs(plane.kubeconfig, plane.context);
  const { recorded, syncs } = record(cluster);
  let ahead = 0;
  const now = (): Date => new Date(Date.now() + ahead);
  const engine = engineOn(recorded, cluster, { namespace, destination: plane.server, repository, now });
  return {
    argo,
    repository,
    engine,
    syncs,
    application: (options = {}) => place(argo, repository, options),
    pass: (milliseconds) => {
      ahead += milliseconds;
    },
    close: async () => {
      await cluster.close();
      await repository.close();
    },
  };
}

const redactor = createRedactor({ key: Buffer.alloc(32, 7) });

/** Opens a context of a kubeconfig. */
export function openAs(kubeconfig: string | { readonly text: string }, context: string): Promise<Cluster> {
  const source = typeof kubeconfig === 'string' ? { paths: [kubeconfig] } : kubeconfig;
  return openCluster({ kubeconfig: source, context, redactor });
}

/** An engine that predicts nothing. */
export function engineOn(
  control: Cluster,
  cluster: Cluster,
  parts: {
    readonly namespace: string;
    readonly destination: string;
    readonly repository: Pick<ServedRepository, 'isAncestor' | 'git'>;
    readonly now?: () => Date;
  },
): Engine {
  const { namespace, destination, repository, now = () => new Date() } = parts;
  return createArgoCdEngine({
    control,
    namespace,
    cluster,
    destinations: [destination],
    isAncestor: async (commit, of) => repository.isAncestor(commit, of),
    head: async (branch) => repository.git('rev-parse', branch),
    health: healthOf(cluster, redactor),
    predictor: {
      name: 'none',
      manager: 'argocd-controller',
      predict: async () => ({ changes: [], findings: [], error: null, live: new Map() }),
    },
    redactor,
    now,
  });
}

/** Steps until it is more than `again`; gives the last step and the journals on the way. */
export async function carryOut(
  engine: Engine,
  work: EngineWork,
  options: { readonly journal?: Json; readonly times?: number; readonly until?: (step: EngineStep) => boolean } = {},
): Promise<{ readonly step: EngineStep; readonly journals: readonly Json[]; readonly notes: readonly string[] }> {
  const { times = 1, until = (step) => step.kind !== 'again' } = options;
  const journals: Json[] = [options.journal ?? null];
  const notes: string[] = [];
  for (const end = Date.now() + 45_000; Date.now() < end; ) {
    const journal = journals.at(-1) ?? null;
    const step = await stepTimes(engine, work, { journal, times });
    journals.push(step.journal);
    if (step.kind === 'again') notes.push(step.note);
    if (until(step)) return { step, journals, notes };
    await delay(Math.min(step.kind === 'again' ? step.afterMs : 0, 250));
  }
  throw new Error(`no end within 45 s: ${notes.slice(-5).join(' | ')}`);
}

/** The same step several times, as after a crash before its journal was kept; gives the last. */
async function stepTimes(
  engine: Engine,
  work: EngineWork,
  { journal, times }: { readonly journal: Json; readonly times: number },
): Promise<EngineStep> {
  const step = await engine.step(work, journal, AbortSignal.timeout(20_000));
  return times === 1 ? step : stepTimes(engine, work, { journal, times: times - 1 });
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

async function place(argo: ArgoCd, repository: ServedRepository, options: ApplicationOptions): Promise<Place> {
  const { plane, namespace } = argo;
  const name = await plane.namespace('app');
  const inFolder = (files: Readonly<Record<string, string | null>>): Record<string, string | null> =>
    Object.fromEntries(Object.entries(files).map(([file, content]) => [`apps/${name}/${file}`, content]));
  repository.commit(inFolder(options.files ?? { 'config.yaml': configMap('settings', 'one') }));
  const path = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/applications`;
  const { status, text } = await plane.request('POST', path, applicationObject(name, repository.url, options));
  if (status !== 201) throw new Error(`could not create Application ${name}: ${text}`);
  return {
    name,
    commit: (files) => repository.commit(inFolder(files)),
    work: (deployment, commit, more = {}) => workOf(repository.url, { name, deployment, commit }, more),
    live: async () => JSON.parse((await plane.request('GET', `${path}/${name}`)).text),
  };
}

function applicationObject(name: string, repoURL: string, options: ApplicationOptions): object {
  const { automated, annotations, project = 'default' } = options;
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, annotations },
    spec: {
      project,
      ...sourcesOf(name, repoURL, options),
      destination: { server: 'https://kubernetes.default.svc', namespace: name },
      ...(automated ? { syncPolicy: { automated, retry: { limit: 0 } } } : {}),
    },
  };
}

function sourcesOf(name: string, repoURL: string, { sources }: ApplicationOptions): object {
  const at = (source: { readonly path: string }): object => ({ repoURL, targetRevision: 'main', ...source });
  return sources === undefined ? { source: at({ path: `apps/${name}` }) } : { sources: sources.map(at) };
}

/** Some work on the folder `apps/NAME`. */
export function workOf(
  url: string,
  { name, deployment, commit }: { readonly name: string; readonly deployment: string; readonly commit: string },
  more: Partial<EngineWork> = {},
): EngineWork {
  const parts = { application: `apps/${name}`, environment: 'test', cluster: 'real' };
  return {
    deployment,
    repo: { forge: 'github', id: 1, fullName: 'acme/fleet', installation: null },
    urls: [url],
    target: { ...parts, id: targetId(parts), digest: null, error: null },
    root: `apps/${name}`,
    branch: 'main',
    commit,
    desired: [],
    deletes: [],
    confirmed: false,
    takeovers: [],
    ...more,
  };
}

/** The cluster with a record of the syncs that were started through it. */
function record(cluster: Cluster): { readonly recorded: Cluster; readonly syncs: Json[] } {
  const syncs: Json[] = [];
  const patch: Cluster['patch'] = async (id, jsonPatch, options, signal) => {
    const answer = await cluster.patch(id, jsonPatch, options, signal);
    syncs.push(...jsonPatch.filter(({ path }) => path === '/operation').map(({ value }) => value ?? null));
    return answer;
  };
  const recorded = new Proxy(cluster, {
    get: (target, key) => {
      if (key === 'patch') return patch;
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { recorded, syncs };
}

export function configMap(name: string, value: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  key: ${value}\n`;
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

/** What the status of an Application says under a chain of keys. */
export function statusOf(application: JsonObject, ...keys: readonly string[]): Json {
  return pick(application, 'status', ...keys) ?? null;
}
