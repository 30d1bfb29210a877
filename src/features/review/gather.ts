import type { AffectedPairs } from '../../gitops/discover/affected.ts';
import type { ApplicationPair } from '../../gitops/discover/pair-applications.ts';
import { checkEnvironments, checkNamed } from '../../model/cluster-map.ts';
import { FairleadError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import { engineOf } from '../../model/settings.ts';
import type { Application, HelmEngine } from '../../model/target.ts';
import type { Tree } from '../../model/tree.ts';
import { mapConcurrently } from '../../tools/each.ts';
import { gitPlace, type Place } from '../../world/cluster/place.ts';
import { confine, mayReach } from './confine.ts';
import { leaksIn } from './leaks.ts';
import { likelyKinds } from './likely-kinds.ts';
import { likelyRenderers } from './likely-renderers.ts';
import { followMoves } from './moved.ts';
import { connectSome, placesFor } from './places.ts';
import { proposedTenancy } from './preview-settings.ts';
import { keepsRemoved } from './removed-application.ts';
import { type RenderContext, renderTarget } from './render-target.ts';
import type { ReviewRequest, ReviewTools, UnreadUser } from './request.ts';
import { reviewTarget, type TargetFacts } from './target.ts';
import { orUnread, type Reached, type ReachedUser, reachAll, withoutTaken } from './users.ts';

/** Targets worked out at the same time; each waits mostly for renders and the API server. */
const targetsInFlight = 4;

/** All that the world said about a pull. */
export interface Facts {
  readonly request: Pick<ReviewRequest, 'base' | 'head'>;
  readonly conflict: readonly string[] | null;
  readonly targets: readonly TargetFacts[];
  /** Secrets and tokens in clear in the changed files. */
  readonly leaks: readonly Finding[];
  /** What is wrong with objects that declare applications. */
  readonly declarations: readonly Finding[];
  /** Why applications may be reached that are not among the targets; null when all are. */
  readonly incomplete: string | null;
  readonly unownedFiles: readonly string[];
  readonly inputs: readonly string[];
  readonly clustersRead: readonly string[];
  readonly gitOnly: string | null;
  readonly helm: readonly HelmEngine[];
  readonly readAt: Date | null;
}

/** Facts of the repository under review, and of those that use it. */
export interface Gathered {
  readonly own: Facts;
  readonly users: readonly GatheredUser[];
}

/** What is known of a repository that uses the one under review. */
export type GatheredUser = UnreadUser | (ReachedUser & { readonly facts: Facts });

/**
 * Reads what a review rests on: applications of both trees, renders, schemas, live state and predictions; the same of repositories that
 * use this one. Throws `FairleadError` only for what the caller got wrong (usage, unknown context); everything else becomes part of the
 * facts.
 */
export async function gather(request: ReviewRequest, tools: ReviewTools, signal: AbortSignal): Promise<Gathered> {
  const { merged, changedFiles } = request;
  if (merged.kind === 'conflict')
    return { own: { ...commonOf(request), ...unmerged, conflict: merged.files }, users: [] };
  const names = likelyRenderers(changedFiles, merged.tree);
  tools.warm(names, await likelyKinds({ changedFiles, base: request.baseTree, tree: merged.tree, names }, signal));
  const { own, users } = await reachAll(request, tools, signal);
  const reached = [own, ...users.filter((user) => user.kind === 'reached')];
  checkClusters(request, reached);
  const isThere = reached.some(({ affected }) => affected.environments.includes(request.environment ?? ''));
  const facts = await workOut(withoutTaken(own, users), { isThere, tools }, signal);
  const gathered: GatheredUser[] = [];
  for (const user of users) gathered.push(await workOutUser(user, tools, signal));
  return { own: facts, users: gathered };
}

/** On a command line all repositories share the clusters that are named. */
function checkClusters(
  { strictEnvironments, clusters, environment }: ReviewRequest,
  reached: readonly Reached[],
): void {
  const [own] = reached;
  const counted = strictEnvironments || own === undefined ? reached : [own];
  const environments = [...new Set(counted.flatMap(({ affected }) => affected.environments))].sort();
  if (strictEnvironments) checkNamed(clusters, environments);
  checkEnvironments(clusters, environment === null ? environments : [environment]);
}

/** What goes wrong with a user is told of it, and takes nothing from the others. */
async function workOutUser(
  user: UnreadUser | ReachedUser,
  tools: ReviewTools,
  signal: AbortSignal,
): Promise<GatheredUser> {
  if (user.kind === 'unread') return user;
  const { clusters, environment } = user.request;
  return orUnread(user.name, signal, async () => {
    checkEnvironments(clusters, environment === null ? user.affected.environments : [environment]);
    return { ...user, facts: await workOut(user, { isThere: true, tools }, signal) };
  });
}

function commonOf(request: ReviewRequest): Pick<Facts, 'request' | 'gitOnly'> {
  return { request: { base: request.base, head: request.head }, gitOnly: gitOnlyReason(request) };
}

/** Works out the applications of one repository. `isThere`: whether some repository has the environment that is asked for. */
async function workOut(
  { request, head, affected }: Reached,
  { isThere, tools }: { readonly isThere: boolean; readonly tools: ReviewTools },
  signal: AbortSignal,
): Promise<Facts> {
  const common = commonOf(request);
  const pairs = selectPairs(affected, { environment: request.environment, isThere });
  tools.progress(
    `${pairs.length} of the repository's applications are reached by ${request.changedFiles.length} changed files`,
  );
  // What plain manifests need was warmed by their kinds already.
  const names = pairs.flatMap(({ base, head: to }) => [base, to].flatMap((side) => side?.renderer ?? []));
  tools.warm(new Set(names.filter((name) => name !== 'plain')), null);
  const trees = { base: request.baseTree, head };
  const live = isLive(request, pairs);
  if (live) await prepare(pairs, trees, tools, signal);
  const places = live ? await connectWithin(request, pairs, tools, signal) : new Map<string, Place>();
  const jobs = pairs.flatMap((pair) => placesOf(pair, request, places).map((place) => ({ pair, place })));
  const [targets, leaks] = await Promise.all([
    reviewAll(jobs, { request, head, tools, signal }),
    // Of a change of another repository that one tells.
    request.lending === undefined ? leaksIn(request.changedFiles, trees, { tools, signal }) : [],
  ]);
  const clustersRead = [
    ...new Set(jobs.filter(({ place }) => place.read !== null).map(({ place }) => place.context ?? '')),
  ].sort();
  return {
    ...common,
    gitOnly: common.gitOnly ?? unreadReason(jobs, clustersRead),
    conflict: null,
    targets,
    leaks,
    declarations: affected.findings,
    incomplete: affected.incomplete,
    unownedFiles: affected.unownedFiles,
    inputs: inputsOf(pairs),
    helm: helmOf(pairs),
    clustersRead,
    readAt: clustersRead.length === 0 ? null : tools.now(),
  };
}

/** Begins with the files before clusters are connected to, which keeps this thread busy and lets others wait. */
async function prepare(
  pairs: readonly ApplicationPair[],
  trees: { readonly base: Tree; readonly head: Tree },
  tools: ReviewTools,
  signal: AbortSignal,
): Promise<void> {
  const sides = (['base', 'head'] as const).flatMap((side) =>
    pairs.flatMap((pair) => (pair[side] === null ? [] : [{ application: pair[side], tree: trees[side] }])),
  );
  await Promise.all(
    sides.map(({ application, tree }) => tools.rendererFor(application.renderer).prepare?.(application, tree, signal)),
  );
}

/** The clusters of the request, as far as something that the change reaches may be there. */
function connectWithin(
  { clusters, settings }: ReviewRequest,
  pairs: readonly ApplicationPair[],
  tools: ReviewTools,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Place>> {
  const isWanted = (context: string): boolean => pairs.some((pair) => mayReach(pair, settings.tenancy, context));
  // Without pairs nothing is asked of a cluster but whether it is there, as ever.
  return connectSome(clusters, pairs.length === 0 ? () => true : isWanted, tools, signal);
}

/** What is known of a pull in conflict. */
const unmerged: Omit<Facts, 'request' | 'conflict' | 'gitOnly'> = {
  ...{ targets: [], leaks: [], declarations: [], incomplete: null },
  ...{ unownedFiles: [], inputs: [], helm: [], clustersRead: [], readAt: null },
};

/** Of a repository that only uses the one under review no cluster is asked for nothing. */
function isLive({ untrusted, lending }: ReviewRequest, pairs: readonly ApplicationPair[]): boolean {
  return untrusted === null && (lending === undefined || pairs.length > 0);
}

function unreadReason(jobs: readonly { readonly place: Place }[], clustersRead: readonly string[]): string | null {
  if (clustersRead.length > 0 || jobs.length === 0) return null;
  const isNamed = jobs.some(({ place }) => place.context !== null);
  return isNamed
    ? 'no cluster could be read'
    : 'no cluster is named for the environments that change (--cluster ENV=CONTEXT)';
}

async function reviewAll(
  jobs: readonly { readonly pair: ApplicationPair; readonly place: Place }[],
  context: RenderContext & { readonly request: Pick<ReviewRequest, 'settings' | 'proposed'> },
): Promise<readonly TargetFacts[]> {
  const { tools, signal } = context;
  const { settings, proposed } = context.request;
  const proposal = proposed === undefined ? null : proposedTenancy(settings, proposed);
  const rendered = await mapConcurrently(jobs, targetsInFlight, async ({ pair, place }) =>
    confine(await renderTarget(pair, place, context), pair, { tenancy: settings.tenancy, proposed: proposal }),
  );
  let done = 0;
  return mapConcurrently(followMoves(rendered), targetsInFlight, async (target) => {
    signal.throwIfAborted();
    const { environment } = target.target;
    const engine = engineOf(settings, environment, target.declared);
    const keeps = keepsRemoved(settings, environment, tools);
    const facts = await reviewTarget(target, { tools, engine, keeps }, signal);
    done += 1;
    tools.progress(`${done} of ${jobs.length} targets worked out: ${facts.target.id}`);
    return facts;
  });
}

function placesOf(pair: ApplicationPair, request: ReviewRequest, places: ReadonlyMap<string, Place>): readonly Place[] {
  return request.untrusted === null ? placesFor(request.clusters, places, pair.head ?? pair.base ?? pair) : [gitPlace];
}

function selectPairs(
  affected: AffectedPairs,
  { environment, isThere }: { readonly environment: string | null; readonly isThere: boolean },
): readonly ApplicationPair[] {
  if (environment === null) return affected.pairs;
  if (isThere) return affected.pairs.filter((pair) => pair.environment === environment);
  throw new FairleadError({
    code: 'usage',
    subject: environment,
    message: `the repository has no environment ${environment}`,
    remedy: affected.environments.length === 0 ? 'Leave --env out.' : `It has: ${affected.environments.join(', ')}.`,
  });
}

function inputsOf(pairs: readonly ApplicationPair[]): readonly string[] {
  return [...new Set(pairs.flatMap(({ base, head }) => [...(base?.inputs ?? []), ...(head?.inputs ?? [])]))].sort();
}

/** Which Helm renders charts among these applications. */
function helmOf(pairs: readonly ApplicationPair[]): readonly HelmEngine[] {
  const sides = pairs.flatMap(({ base, head }) => [base, head].filter((side) => side !== null));
  const charts = sides.filter(({ renderer, declared }) => renderer === 'helm' || holdsChart(declared));
  return [...new Set(charts.map(({ helm = 'helm4' }) => helm))].sort();
}

function holdsChart(declared: Application['declared']): boolean {
  return (declared?.application.sources ?? []).some(({ helm, place }) => helm !== null || place.kind === 'chart');
}

function gitOnlyReason(request: ReviewRequest): string | null {
  if (request.untrusted !== null) return request.untrusted;
  if (request.clusters.mode === 'none') return '--cluster none was given';
  return request.clusters.mode === 'git' ? 'no cluster is known for this repository (--cluster names one)' : null;
}
