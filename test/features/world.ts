import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import type { DeployTools } from '../../src/features/deploy/tools.ts';
import type { DriftTools, Look } from '../../src/features/drift/tools.ts';
import type { RevertTools } from '../../src/features/revert/tools.ts';
import { createSettingsReader } from '../../src/features/settings/in-force.ts';
import { discover } from '../../src/gitops/discover/discover.ts';
import { digestOf, objectDigests } from '../../src/gitops/plan/digest.ts';
import type { ClusterMap } from '../../src/model/cluster-map.ts';
import { clustersFor } from '../../src/model/cluster-map.ts';
import { BorderError } from '../../src/model/error.ts';
import type { QueuedJob } from '../../src/model/jobs.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Plan, PlanTarget } from '../../src/model/plan.ts';
import type { RepoRef } from '../../src/model/repo.ts';
import { type Resource, resourceKey } from '../../src/model/resource.ts';
import type { Takeover } from '../../src/model/takeover.ts';
import { type Application, targetId } from '../../src/model/target.ts';
import type { Tree } from '../../src/model/tree.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { startProcessHost } from '../../src/tools/process-host.ts';
import { createMirrors } from '../../src/world/git/mirrors.ts';
import { openSqlite } from '../../src/world/store/sqlite/sqlite.ts';
import { openStage, redacted, type Stage } from '../world/forge/github/setup.ts';
import { type PretendEngine, pretendEngine } from './pretend-engine.ts';

export const { signal } = new AbortController();

/** The settings of most tests: staging and prod, both on merge. */
export const merging = `version: 1
mode: enforce
environments:
  staging:
    deploy: { on: merge }
  prod:
    deploy: { on: merge }
    onFailure: { action: revert-pr }
    onDrift: { action: heal }
`;

/** One repository on the pretend GitHub, a real store and mirror, and an engine over a cluster in memory. */
export interface World {
  readonly stage: Stage;
  readonly repo: RepoRef;
  readonly engine: PretendEngine;
  readonly tools: DeployTools & RevertTools & DriftTools;
  /** Every job that was added, in order. */
  readonly added: QueuedJob[];
  /** Moves the clock. */
  pass(milliseconds: number): void;
  /** Commits to main without a pull. */
  push(files: Files): Promise<string>;
  /** Opens a pull, reviews it as the bot would, merges it. */
  merge(files: Files, how?: MergeHow): Promise<{ readonly pull: number; readonly commit: string }>;
  /** Keeps the plan of an open pull. */
  review(pull: number, verdict?: Verdict, takeovers?: readonly Takeover[]): Promise<Plan>;
}

type Files = Readonly<Record<string, string | null>>;

interface MergeHow {
  readonly verdict?: Verdict | null;
  readonly takeovers?: readonly Takeover[];
  readonly title?: string;
  readonly head?: string;
  /** Of its one commit. */
  readonly message?: string;
}

/** A ConfigMap as a manifest. */
export function manifest(name: string, key: string): string {
  return `${JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' }, data: { key } })}\n`;
}

/** The key of a ConfigMap. */
export const keyOf = (name: string): string => `/ConfigMap/shop/${name}`;

export const clusterMap: ClusterMap = {
  mode: 'live',
  bare: null,
  byEnvironment: new Map([
    ['staging', ['staging']],
    ['prod', ['prod']],
  ]),
};

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

export async function openWorld(
  files: Files,
  changes: { readonly settings?: string; readonly clusters?: ClusterMap } = {},
): Promise<World> {
  const stage = await openStage();
  let clock = Date.now();
  const now = (): Date => new Date(clock);
  const { store, queue, close } = await openSqlite({ path: ':memory:', lock: false, now, random: () => 0.5 });
  const processes = startProcessHost();
  const mirrors = createMirrors(join(stage.dir, 'mirrors'), { run: processes.run });
  closing.push(async () => {
    await mirrors.close();
    await processes.close();
    await close();
  });
  const engine = pretendEngine();
  const repo = stage.port.ref;
  const added: QueuedJob[] = [];
  const listed: typeof queue = Object.create(queue, {
    add: {
      value: (tx: Parameters<typeof queue.add>[0], job: QueuedJob['job'], options: Omit<QueuedJob, 'job'>) => {
        added.push({ job, ...options });
        return queue.add(tx, job, options);
      },
    },
  });
  const clusters = changes.clusters ?? clusterMap;
  const mirror = () => mirrors.open('github-1');
  const key = randomBytes(32);
  const base = { forge: () => stage.forge, mirror, store, queue: listed, key, now, redact: redacted };
  const tools: World['tools'] = {
    ...base,
    settings: createSettingsReader({ ...base, engines: ['apply', 'argocd'], clusters }),
    applications: async ({ tree }, settings) => {
      const { applications, affected } = await discover(tree, { under: '', settings }, signal);
      return { all: applications, reached: (paths) => affected(paths).map(({ application }) => application) };
    },
    render: (application, tree) => render(application, tree),
    place: async (context) => ({ context, read: null, error: null }),
    engine: async () => engine.engine,
    cloneUrl: async () => 'https://github.example/acme/gitops.git',
    adopt: async () => ({ kind: 'none', why: 'It comes from a generator.' }),
    watch: () => undefined,
    preview: async () => null,
    every: 600_000,
    looks: new Map<string, Look>(),
    pace: { soak: 60_000, healthDeadline: 900_000, look: 2_000 },
  };
  const world: World = {
    ...{ stage, repo, engine, tools, added },
    pass: (milliseconds) => {
      clock += milliseconds;
    },
    push: (more) => stage.repo.commit('main', more),
    merge: (more, how = {}) => merge(world, more, how),
    review: (pull, verdict = 'ready', takeovers = []) => review(world, { pull, verdict, takeovers }),
  };
  await world.push({ '.fairlead.yaml': changes.settings ?? merging, ...files });
  return world;
}

async function merge(world: World, files: Files, how: MergeHow): ReturnType<World['merge']> {
  const { repo } = world.stage;
  const head = how.head ?? `topic-${repo.pulls().length}`;
  await repo.commit(head, files, how.message ?? 'Change');
  const pull = await repo.openPull({ title: how.title ?? 'Change', author: 'mona', head });
  if (how.verdict !== null) await world.review(pull, how.verdict ?? 'ready', how.takeovers);
  const commit = await repo.mergePull(pull, { by: 'hubot' });
  // Settings and places are remembered for a moment.
  world.pass(5_000);
  return { pull, commit };
}

async function review(
  { stage, repo, tools }: World,
  { pull, verdict, takeovers }: { pull: number; verdict: Verdict; takeovers: readonly Takeover[] },
): Promise<Plan> {
  const { head, base } = await stage.port.pull(pull);
  const repository = await tools.mirror(repo);
  const { url, header, pullRefs } = await stage.port.gitRemote();
  await repository.fetch({ url, header, refs: [pullRefs(pull).head, `refs/heads/${base.ref}`] }, signal);
  const tip = await repository.resolve(`refs/heads/${base.ref}`, signal);
  const merged = await repository.merge(tip, head.sha, signal);
  if (merged.kind === 'conflict') throw new Error('a pull of a test conflicts');
  const { settings, clusters } = await tools.settings(repo, signal);
  const [before, after] = [await repository.tree(tip, signal), await repository.tree(merged.tree, signal)];
  const [old, next] = [
    await tools.applications({ tree: before, repo, branch: null }, settings, signal),
    await tools.applications({ tree: after, repo, branch: null }, settings, signal),
  ];
  const targets: PlanTarget[] = [];
  for (const application of next.all) {
    const was = old.all.find((one) => one.name === application.name && one.environment === application.environment);
    const sides = { base: was === undefined ? [] : await render(was, before), head: await render(application, after) };
    for (const cluster of clustersFor(clusters, application.environment))
      targets.push({ ...(await planTarget(application, cluster, sides, tools.key)), takeovers });
  }
  const at = tools.now().toISOString();
  const plan: Plan = { repo, pull, head: head.sha, base: tip, verdict, at, shownAt: at, targets };
  await tools.store.plans.save(null, plan);
  return plan;
}

async function planTarget(
  { name: application, environment }: Application,
  cluster: string,
  { base, head }: { readonly base: readonly Resource[]; readonly head: readonly Resource[] },
  key: Uint8Array,
): Promise<PlanTarget> {
  const deletes = base.flatMap(({ id }) => (head.some((one) => resourceKey(one.id) === resourceKey(id)) ? [] : [id]));
  const [before, after] = [await objectDigests(key, base), await objectDigests(key, head)];
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  return {
    ...{ id: targetId({ application, environment, cluster }), application, environment, cluster, deletes },
    digest: digestOf({ key, clusterUid: null, engine: 'apply', manager: 'fairlead', head, deletes }),
    objects: Object.fromEntries(keys.map((id) => [id, { base: before.get(id) ?? null, head: after.get(id) ?? null }])),
    ...{ takeovers: [], changes: [] },
  };
}

/** Reads manifests that are JSON, one object each. */
async function render({ root }: Application, tree: Tree): Promise<readonly Resource[]> {
  const paths = tree.entries.map(({ path }) => path).filter((path) => path.startsWith(`${root}/`));
  const contents = await tree.read(paths, signal);
  return paths.map((path): Resource => {
    const text = new TextDecoder().decode(contents.get(path));
    if (text.startsWith('broken')) throw new BorderError({ ...broken, subject: path });
    const object: JsonObject = JSON.parse(text);
    const name = path.slice(path.lastIndexOf('/') + 1).replace('.yaml', '');
    const id = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name };
    return { id, object, source: { file: path, line: 1 }, lines: new Map(), random: [] };
  });
}

const broken = {
  kind: 'invalid',
  status: 0,
  code: 'render-failed',
  message: 'It cannot be rendered.',
  remedy: 'Correct it.',
} as const;
