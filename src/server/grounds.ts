import { createHash } from 'node:crypto';
import type { Engine } from '../engines/engine.ts';
import { pullOrigin } from '../features/review/pull-origin.ts';
import type { ReviewTools } from '../features/review/request.ts';
import { adoptChanges } from '../gitops/adopt/adopt.ts';
import { discover } from '../gitops/discover/discover.ts';
import { readHealth } from '../gitops/health/read-health.ts';
import { renderInputs } from '../gitops/render/inputs.ts';
import { rowsNaming } from '../model/audit.ts';
import { contextsOf } from '../model/cluster-map.ts';
import type { RepositoryTree, TreeOrigin } from '../model/declare.ts';
import type { Declaration } from '../model/declared.ts';
import { type RepoRef, repoKey } from '../model/repo.ts';
import type { Resource } from '../model/resource.ts';
import type { ServerLimits } from '../model/server-settings.ts';
import type { Settings } from '../model/settings.ts';
import type { Application } from '../model/target.ts';
import type { Tree } from '../model/tree.ts';
import type { Cluster } from '../world/cluster/cluster.ts';
import { type Place, readCluster } from '../world/cluster/place.ts';
import { withTwoIdentities } from '../world/cluster/two-identities.ts';
import { configFindings } from '../world/config/config-findings.ts';
import { loadSettings } from '../world/config/load-settings.ts';
import { configFile } from '../world/config/problem.ts';
import type { Forge } from '../world/forge/forge.ts';
import type { Repository } from '../world/git/git.ts';
import type { Store } from '../world/store/store.ts';
import type { BotParts } from './assemble.ts';
import { isDeployable } from './limits.ts';
import type { ServingParts } from './parts.ts';

/** What stands behind the tools of the features that carry commits out. */
export interface GroundParts {
  readonly parts: ServingParts;
  readonly review: ReviewTools;
  readonly store: Store;
  readonly forge: (name: string) => Forge;
  readonly mirror: (repo: RepoRef) => Promise<Repository>;
  readonly now: () => Date;
  readonly limits: ServerLimits;
}

/** A cluster's version and types are read again after so many milliseconds. */
const placeFreshFor = 10_000;

/** Trees whose applications are remembered. */
const mostTrees = 16;

/** What depends on the knowledge of a controller is looked at again after so many milliseconds. */
const declaredFreshFor = 60_000;

type Grounds = Pick<
  BotParts,
  'applications' | 'judgeSettings' | 'proposedSettings' | 'render' | 'place' | 'engine' | 'adopt' | 'cloneUrl'
>;

/** The tools that read trees, render, reach clusters and make engines. */
export function createGrounds(ground: GroundParts): Grounds {
  const { review, parts } = ground;
  const cloneUrl = rememberUrls(ground);
  const origins: Origins = new WeakMap();
  return {
    applications: deployable(rememberTrees(ground, origins), ground.limits),
    place: rememberPlaces(review, ground.now),
    render: (application, tree, place, signal) => render(application, { tree, place, review, origins }, signal),
    engine: (name, place, repo) => engine(name, { place, repo }, ground),
    judgeSettings: async ({ base, head, inForce }, signal) => {
      if (!changesSettings(base, head)) return [];
      const text = (await head.read([configFile], signal)).get(configFile) ?? null;
      return configFindings(text, inForce.settings, settingsContext(parts));
    },
    proposedSettings: async ({ base, head }, signal) => {
      if (!changesSettings(base, head)) return null;
      return (await loadSettings({ tree: head, commit: head.id, signal, ...settingsContext(parts) })).settings;
    },
    adopt: adoptChanges,
    cloneUrl,
  };
}

/** Whether the settings file of one tree is not that of the other. */
function changesSettings(base: Tree, head: Tree): boolean {
  const [before, after] = [base, head].map(({ entries }) => entries.find(({ path }) => path === configFile)?.oid);
  return before !== after;
}

function settingsContext({ engineNames, clusters }: ServingParts) {
  return { engines: engineNames, clusters: contextsOf(clusters) };
}

/** Where declared applications were found, for their renders. */
type Origins = WeakMap<Declaration, TreeOrigin>;

function rememberTrees(ground: GroundParts, origins: Origins): Grounds['applications'] {
  const known = new Map<string, Look>();
  const look = async (where: RepositoryTree, settings: Settings, signal: AbortSignal) => {
    const origin = await originOf(where, ground);
    const found = await discover(where.tree, { under: '', settings, origin, declare: ground.review.declare }, signal);
    for (const { declared } of found.applications) if (declared !== undefined) origins.set(declared, origin);
    return found;
  };
  return async (where, settings, signal) => {
    const key = [repoKey(where.repo), where.branch ?? '', where.tree.id, settingsHash(settings)].join(' ');
    const at = ground.now().getTime();
    const before = known.get(key);
    const kept = before !== undefined && (await isFresh(before, at)) ? before : null;
    const { found } = kept ?? { found: look(where, settings, signal) };
    known.delete(key);
    known.set(key, kept ?? { at, found });
    found.catch(() => known.delete(key));
    const [oldest] = known.keys();
    if (known.size > mostTrees && oldest !== undefined) known.delete(oldest);
    const { applications, affected } = await found;
    return { all: applications, reached: (files) => affected(files).map(({ application }) => application) };
  };
}

interface Look {
  /** Milliseconds. */
  readonly at: number;
  readonly found: ReturnType<typeof discover>;
}

async function isFresh({ at, found }: Look, now: number): Promise<boolean> {
  return now - at < declaredFreshFor || !(await found).declarations.isPassing;
}

/** What is deployed comes out of the protected branch: nothing keeps it from being fetched. */
async function originOf({ repo, branch }: RepositoryTree, { forge, mirror }: GroundParts): Promise<TreeOrigin> {
  const port = await forge(repo.forge).repo(repo);
  const [defaultBranch, { url }] = await Promise.all([port.defaultBranch(), port.gitRemote()]);
  const own = { url, branch: branch ?? defaultBranch, defaultBranch };
  return pullOrigin(own, await mirror(repo), () => port.gitRemote());
}

function deployable(
  applications: Grounds['applications'],
  { applications: globs }: ServerLimits,
): Grounds['applications'] {
  if (globs.length === 0) return applications;
  const isWanted = ({ name }: Application): boolean => isDeployable(name, globs);
  return async (where, settings, signal) => {
    const { all, reached } = await applications(where, settings, signal);
    return { all: all.filter(isWanted), reached: (files) => reached(files).filter(isWanted) };
  };
}

function settingsHash({ environments, applications, render: { helm }, argocd }: Settings): string {
  const text = JSON.stringify([
    [...environments].map(([name, { match, branch }]) => [name, match, branch]),
    [...applications],
    helm,
    argocd,
  ]);
  return createHash('sha256').update(text).digest('hex');
}

function rememberPlaces(review: ReviewTools, now: () => Date): Grounds['place'] {
  const known = new Map<string, { readonly at: number; readonly reading: Promise<Place> }>();
  return (context) => {
    const found = known.get(context);
    if (found !== undefined && now().getTime() - found.at < placeFreshFor) return found.reading;
    const reading = readPlace(context, review);
    known.set(context, { at: now().getTime(), reading });
    reading.catch(() => known.delete(context));
    return reading;
  };
}

/** Addresses change with renames only: asked again after so many milliseconds. */
const urlFreshFor = 600_000;

function rememberUrls({ forge, now }: GroundParts): Grounds['cloneUrl'] {
  const known = new Map<string, { readonly at: number; readonly asking: Promise<string> }>();
  return (repo) => {
    const key = repoKey(repo);
    const found = known.get(key);
    if (found !== undefined && now().getTime() - found.at < urlFreshFor) return found.asking;
    const asking = forge(repo.forge)
      .repo(repo)
      .then(async (port) => (await port.gitRemote()).url);
    known.set(key, { at: now().getTime(), asking });
    asking.catch(() => known.delete(key));
    return asking;
  };
}

async function readPlace(context: string, review: ReviewTools): Promise<Place> {
  const { cluster, namespace } = await review.openCluster(context);
  return { context, read: await readCluster(cluster, namespace, AbortSignal.timeout(30_000)), error: null };
}

async function render(
  application: Application,
  { tree, place, review, origins }: Rendering,
  signal: AbortSignal,
): Promise<readonly Resource[]> {
  const { declared, renderer } = application;
  const treeAt = declared === undefined ? undefined : origins.get(declared)?.treeAt;
  const known = { ...(treeAt === undefined ? {} : { treeAt }), commit: tree.id };
  const inputs = { ...renderInputs(application, place, review), ...known };
  const rendered = await review.rendererFor(renderer).render(application, tree, inputs, signal);
  for (const { object } of [...rendered.resources, ...rendered.hooks]) review.learnSecret(object);
  return rendered.resources;
}

interface Rendering {
  readonly tree: Tree;
  readonly place: Place;
  readonly review: ReviewTools;
  readonly origins: Origins;
}

/** Predictions and health by the plan identity, steps by the one that writes. */
async function engine(
  name: string,
  { place, repo }: { readonly place: Place; readonly repo: RepoRef },
  ground: GroundParts,
): Promise<Engine> {
  const { read, context } = place;
  if (read === null || context === null) throw new Error('an engine is made for a cluster that was read');
  const plan = read.cluster;
  const own = await ground.parts.applier(context);
  const applier = place.applyAs === undefined ? own : own.as(place.applyAs);
  const planning = await engineOn(plan, { name, place, repo }, ground);
  if (applier === plan) return planning;
  const writing = await engineOn(withTwoIdentities(plan, applier), { name, place, repo }, ground);
  return { ...planning, step: (work, journal, signal) => writing.step(work, journal, signal) };
}

async function engineOn(
  cluster: Cluster,
  { name, place, repo }: { readonly name: string; readonly place: Place; readonly repo: RepoRef },
  { parts, store, forge, mirror, now }: GroundParts,
): Promise<Engine> {
  const namespace = place.read?.namespace ?? 'default';
  const repository = await mirror(repo);
  return parts.engine(name, {
    ...{ cluster, namespace, concurrency: 32, now, redactor: parts.redactor },
    schemas: await parts.schemasOf(cluster),
    inventory: {
      read: (work) => store.inventories.get(work.target.id, work.repo),
      write: (work, entries) => store.inventories.set(null, work.target.id, work.repo, entries),
    },
    audit: async ({ deployment, target, commit }, action, resources) => {
      const row = { actor: 'fairlead', action, subject: deployment, data: { target: target.id, commit } };
      await store.transaction(async (tx) => {
        for (const one of rowsNaming(row, resources)) await store.audit.append(tx, one);
      });
    },
    health: ({ resources, failedBefore, startedAt }, signal) =>
      readHealth({ cluster, resources, failedBefore, startedAt, now, redact: parts.redactor.text }, signal),
    isAncestor: (commit, of, signal) => repository.isAncestor(commit, of, signal),
    head: async (branch) => (await forge(repo.forge).repo(repo)).branchHead(branch),
    controllers: { argocd: 'argocd', flux: null },
  });
}
