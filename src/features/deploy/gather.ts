import { confined } from '../../engines/confined.ts';
import type { Engine, EngineWork } from '../../engines/engine.ts';
import { acceptCommit } from '../../gitops/plan/accept.ts';
import { digestOf, objectDigests } from '../../gitops/plan/digest.ts';
import { type Deployment, hasBegun } from '../../model/deployment.ts';
import { FairleadError } from '../../model/error.ts';
import { pick } from '../../model/json.ts';
import type { Plan, PlanTarget } from '../../model/plan.ts';
import { formatKey, type Resource, type ResourceId, resourceKey } from '../../model/resource.ts';
import type { SettingsInForce } from '../../model/settings.ts';
import { type Takeover, uniteTakeovers } from '../../model/takeover.ts';
import type { Application } from '../../model/target.ts';
import { accountsOf, reachOf } from '../../model/tenancy.ts';
import { type Place, placeAs } from '../../world/cluster/place.ts';
import type { RepoPort } from '../../world/forge/forge.ts';
import type { Repository } from '../../world/git/git.ts';
import { deletesLeft } from './deletes-left.ts';
import { type GateFacts, isCommanded, refusalOf, type Standing } from './gate.ts';
import type { ApplicationsOf, DeployTools } from './tools.ts';
import { setBackOf } from './turn.ts';

/** The commit of a deployment, rendered for its cluster, and the engine that carries it out. */
export interface Ground {
  readonly port: RepoPort;
  /** Clone address of the repository. */
  readonly url: string;
  readonly inForce: SettingsInForce;
  readonly place: Place;
  readonly engine: Engine;
  readonly application: Application;
  readonly desired: readonly Resource[];
  /** Applications of the same tree, for what stands before this one. */
  readonly all: readonly Application[];
  /** Those of them that changed files reach. */
  readonly reached: ApplicationsOf['reached'];
  readonly repository: Repository;
}

/** Reads and renders what a deployment is to carry out. Throws what Git, the renderer and the cluster throw. */
export async function openGround(deployment: Deployment, tools: DeployTools, signal: AbortSignal): Promise<Ground> {
  const { repo } = deployment;
  const [inForce, port, repository, found, url] = await Promise.all([
    tools.settings(repo, signal),
    tools.forge(repo.forge).repo(repo),
    tools.mirror(repo),
    tools.place(deployment.cluster, signal),
    tools.cloneUrl(repo),
  ]);
  const tree = await repository.tree(deployment.commit, signal);
  const { all, reached } = await tools.applications(
    { tree, repo, branch: deployment.branch },
    inForce.settings,
    signal,
  );
  const application = all.find(
    ({ name, environment }) => name === deployment.application && environment === deployment.environment,
  );
  if (application === undefined) throw gone(deployment);
  const reach = reachOf(inForce.settings.tenancy, application, deployment.cluster);
  const place = placeAs(found, accountsOf(reach));
  const desired = await tools.render(application, tree, place, signal);
  const engine = confined(await tools.engine(deployment.engine, place, repo), reach);
  return { port, url, inForce, place, engine, application, desired, all, reached, repository };
}

function gone({ application, environment, commit }: Deployment): FairleadError {
  return new FairleadError({
    code: 'application-gone',
    subject: `${application}@${environment}`,
    message: `Commit ${commit.slice(0, 7)} has no application ${application} for ${environment} any more.`,
    remedy: 'Nothing is deleted for it. Delete what it left by hand, or bring it back.',
  });
}

/** What the gate decides on, and what the plans behind it allow. */
export interface GateGround {
  readonly facts: GateFacts;
  /** Keyed digest of all that would be done: beside the facts' own, with what earlier deployments left to delete. */
  readonly digest: string;
  readonly deletes: readonly ResourceId[];
  readonly takeovers: readonly Takeover[];
}

/** Reads plans, marks, pauses and what happened before. */
export async function gatherGate(
  deployment: Deployment,
  ground: Ground,
  tools: DeployTools,
  signal: AbortSignal,
): Promise<GateGround> {
  const { repo, pulls } = deployment;
  const { store } = tools;
  const forgePulls = await Promise.all(pulls.map((pull) => ground.port.pull(pull)));
  const found = await Promise.all(forgePulls.map(({ number, head }) => store.plans.of(repo, number, head.sha)));
  // What was worked out and never got onto the pull was reviewed by nobody.
  const plans = found.map((plan) => (plan === null || plan.shownAt === null ? null : plan));
  const marks = (
    await Promise.all(
      forgePulls.map(async ({ number, head, mergeSha }) =>
        // A hold is for the pull, whatever is pushed to it; all else is for the head it was said for.
        (
          await store.pulls.marks(repo, number)
        )
          .filter((mark) => mark.kind === 'hold' || mark.head === head.sha || mark.head === mergeSha)
          .map((mark) => ({ ...mark, pull: number })),
      ),
    )
  ).flat();
  const environment = ground.inForce.settings.environments.get(deployment.environment) ?? null;
  const reviewed = await reviewOf(deployment, ground, { plans, earlier: await earlierPlans(deployment, tools), tools });
  const earlier = await environmentBefore(deployment, ground, tools, signal);
  const facts: GateFacts = {
    deployment,
    mode: ground.inForce.settings.mode,
    problem: ground.inForce.problem,
    environment,
    pauses: await store.pauses.list(repo),
    marks,
    setBack: await setBackOf(deployment, ground.repository, tools, signal),
    begun: await begunPulls(deployment, tools),
    authors: forgePulls.map(({ author }) => author),
    members: await membersAmong(marks, environment?.deploy.approvals?.teams ?? [], ground.port),
    digest: reviewed.digest,
    unreviewed: reviewed.unreviewed,
    ...earlier,
    standing: deployment.trigger === 'rollback' ? [] : await standingOf(earlier.before, tools, signal),
    now: tools.now(),
  };
  const left = await deletesLeft(deployment, ground.desired, tools);
  const deletes = [...new Map([...reviewed.deletes, ...left].map((id) => [resourceKey(id), id])).values()];
  const commanded = isCommanded(facts) ? (refusalOf(deployment)?.takeovers ?? []) : [];
  const digest = left.length === 0 ? reviewed.digest : digestFor(ground, deletes, tools);
  return { facts, digest, deletes, takeovers: uniteTakeovers(reviewed.takeovers, commanded) };
}

/** Pulls of deployments that were being written and made way after this one was accepted: it may carry them on. */
async function begunPulls({ repo, target, createdAt }: Deployment, { store }: DeployTools): Promise<readonly number[]> {
  const over = await store.deployments.find({ repo, target, states: ['superseded'], limit: 20 });
  return over.filter((one) => (one.endedAt ?? '') > createdAt && hasBegun(one)).flatMap(({ pulls }) => pulls);
}

interface Reviewed {
  readonly digest: string;
  readonly unreviewed: string | null;
  readonly deletes: readonly ResourceId[];
  readonly takeovers: readonly Takeover[];
}

/** Holds the commit to the plans of its pulls. A plan that was blocked or incomplete when it was merged shows nothing. */
async function reviewOf(
  deployment: Deployment,
  ground: Ground,
  { plans, earlier, tools }: { plans: readonly (Plan | null)[]; earlier: readonly PlanTarget[]; tools: DeployTools },
): Promise<Reviewed> {
  const parts = plans.flatMap((plan) => partOf(plan, deployment.target) ?? []);
  const wanted = await objectDigests(tools.key, ground.desired);
  const acceptance = acceptCommit({ wanted, plans: parts, earlier });
  const accepted = acceptance.kind === 'accepted' ? acceptance : { deletes: [], takeovers: [] };
  const digest = digestFor(ground, accepted.deletes, tools);
  const unreviewed =
    missingReview(deployment, plans, parts) ?? (acceptance.kind === 'differs' ? differs(acceptance.objects) : null);
  return { digest, unreviewed, deletes: accepted.deletes, takeovers: accepted.takeovers };
}

/** Keyed digest of what a deployment would do now. */
export function digestFor(
  { desired, place, engine }: Ground,
  deletes: readonly ResourceId[],
  { key }: Pick<DeployTools, 'key'>,
): string {
  const clusterUid = place.read?.uid ?? null;
  return digestOf({ key, clusterUid, engine: engine.name, manager: engine.manager, head: desired, deletes });
}

/** Plans of pulls whose deployment to the target began lately: what they showed is no surprise in the merge of a later pull. */
async function earlierPlans(deployment: Deployment, { store }: DeployTools): Promise<readonly PlanTarget[]> {
  const { id, repo, target, pulls } = deployment;
  const recent = await store.deployments.find({ repo, target, limit: 20 });
  const begun = recent.filter((other) => other.id !== id && hasBegun(other));
  const numbers = [...new Set(begun.flatMap((other) => other.pulls))].filter((pull) => !pulls.includes(pull));
  const plans = await Promise.all(numbers.map((pull) => store.plans.of(repo, pull, null)));
  return plans.flatMap((plan) => partOf(plan, target) ?? []);
}

function partOf(plan: Plan | null, target: string): PlanTarget | undefined {
  return plan?.targets.find(({ id, digest }) => id === target && digest !== null);
}

function missingReview(
  { pulls }: Deployment,
  plans: readonly (Plan | null)[],
  parts: readonly PlanTarget[],
): string | null {
  if (pulls.length === 0) return 'it was pushed without a pull, so no review shows what it does';
  const index = plans.indexOf(null);
  if (index >= 0) return `#${pulls[index]} was merged before its last commit was reviewed`;
  const unsound = plans.find((plan) => plan?.verdict === 'blocked' || plan?.verdict === 'incomplete');
  if (unsound) return `#${unsound.pull} was merged while its review was ${unsound.verdict}`;
  return parts.length === 0 ? 'no review shows what it does to this cluster' : null;
}

function differs(objects: readonly string[]): string {
  const [first = ''] = objects;
  const more = objects.length === 1 ? '' : ` and ${objects.length - 1} more`;
  return `${formatKey(first)}${more} is not as any review showed it`;
}

async function membersAmong(
  marks: GateFacts['marks'],
  teams: readonly string[],
  port: RepoPort,
): Promise<ReadonlySet<string>> {
  const people = [...new Set(marks.filter(({ kind }) => kind === 'approve').map(({ by }) => by))];
  if (teams.length === 0) return new Set(people);
  const found = await Promise.all(
    people.map(async (user) => {
      const memberships = await Promise.all(teams.map((team) => port.isMember(user, team)));
      return memberships.includes(true) ? [user] : [];
    }),
  );
  return new Set(found.flat());
}

/**
 * The same application in the environment before. What it got is held against this commit by content: a merge that touches the
 * later environment alone never reaches the earlier one, and is not waited for there.
 */
async function environmentBefore(
  deployment: Deployment,
  { inForce, all, reached, repository, port }: Ground,
  { store }: DeployTools,
  signal: AbortSignal,
): Promise<{ readonly before: readonly Deployment[]; readonly existsBefore: boolean }> {
  const { repo, application, environment: own, commit } = deployment;
  const environment = inForce.settings.environments.get(own)?.deploy.after?.environment;
  const counterpart = all.find((other) => other.name === application && other.environment === environment);
  if (environment === undefined || counterpart === undefined) return { before: [], existsBefore: false };
  const found = await store.deployments.find({ repo, application, environment, limit: 20 });
  const history = found.filter(({ state }) => state !== 'superseded');
  if (history.some((one) => one.commit === commit)) return { before: history, existsBefore: true };
  const isReached = (files: readonly string[]): boolean => reached(files).includes(counterpart);
  if (history.length === 0) {
    const files = await Promise.all(deployment.pulls.map((pull) => port.changedFiles(pull)));
    return { before: [], existsBefore: files.length === 0 || isReached(files.flat()) };
  }
  const newest = [...new Map(history.toReversed().map((one) => [one.target, one])).values()];
  const same = await Promise.all(
    newest.map(async (one) => !isReached(await repository.changedFiles(one.commit, commit, signal))),
  );
  return { before: same.includes(false) ? [] : newest.map((one) => ({ ...one, commit })), existsBefore: true };
}

/** How the environment before fares now, each target as the last deployment that was written there left it. */
async function standingOf(
  before: readonly Deployment[],
  tools: DeployTools,
  signal: AbortSignal,
): Promise<GateFacts['standing']> {
  const written = before.filter(({ state }) => state !== 'accepted' && state !== 'waiting');
  const last = new Map(written.toReversed().map((one) => [one.target, one.id]));
  return Promise.all([...last.values()].map((id) => healthOf(id, tools, signal)));
}

/** What cannot be asked is no reason to stop looking: it is told, and asked again. */
async function healthOf(id: string, tools: DeployTools, signal: AbortSignal): Promise<Standing> {
  try {
    const deployment = await tools.store.deployments.get(id);
    if (deployment === null) return { id, health: null, fault: 'it is not known any more.' };
    const ground = await openGround(deployment, tools, signal);
    const work = workOf(deployment, ground, { deletes: [], takeovers: [] });
    const journal = pick(deployment.journal, 'engine') ?? null;
    return { id, health: await ground.engine.status(work, journal, signal) };
  } catch (error) {
    if (signal.aborted || !(error instanceof FairleadError)) throw error;
    return { id, health: null, fault: error.message };
  }
}

/** What the engine is handed. */
export function workOf(
  deployment: Deployment,
  ground: Ground,
  allowed: Pick<GateGround, 'deletes' | 'takeovers'>,
): EngineWork {
  const { application, environment, cluster } = deployment;
  return {
    deployment: deployment.id,
    repo: deployment.repo,
    urls: [ground.url],
    target: { id: deployment.target, application, environment, cluster, digest: deployment.digest, error: null },
    root: ground.application.root,
    branch: deployment.branch,
    commit: deployment.commit,
    desired: ground.desired,
    failedBefore: deployment.failedBefore,
    deletes: allowed.deletes,
    confirmed: deployment.confirmed,
    takeovers: allowed.takeovers,
  };
}
