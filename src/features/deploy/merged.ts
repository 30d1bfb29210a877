import { clustersForApplication } from '../../model/cluster-map.ts';
import type { Deployment } from '../../model/deployment.ts';
import type { JobPayloads } from '../../model/jobs.ts';
import { deployJob, tellJob } from '../../model/queued.ts';
import { type RepoRef, repoKey } from '../../model/repo.ts';
import { deployedBranches, type EnvironmentSettings, type SettingsInForce } from '../../model/settings.ts';
import { type Application, targetId } from '../../model/target.ts';
import { mapConcurrently } from '../../tools/each.ts';
import type { Pull, RepoPort } from '../../world/forge/forge.ts';
import type { Commit, Repository } from '../../world/git/git.ts';
import type { Tx } from '../../world/store/store.ts';
import { joinPull, triggerOf } from './late-pull.ts';
import { recordIn } from './record.ts';
import type { DeployTools } from './tools.ts';
import { overtaken, superseded } from './turn.ts';

/** One commit of the branch's own line, the pull it came from, and what it changed. */
interface Merge {
  readonly commit: Commit;
  /** null: pushed without a pull. */
  readonly pull: Pull | null;
  readonly files: readonly string[];
}

/**
 * Works out what a branch that moved deploys: every target that its new commits reach gets a deployment of the newest commit.
 * Level-triggered: it goes on from the commit it had reached, whatever event woke it. Where nothing is deployed (in observe mode,
 * or `on: never`) it only takes note, and ends what had not been written yet: its commit is out of date.
 */
export async function takeMerges(job: JobPayloads['merged'], tools: DeployTools, signal: AbortSignal): Promise<void> {
  const isTaken = await takeNew(job, tools, signal);
  // The branch was taken further meanwhile, by another look: what is left is worked out from there.
  if (!isTaken) return takeMerges(job, tools, signal);
  if (job.pull !== undefined) await joinPull(job.repo, job.pull, tools, signal);
}

/** False when somebody else took the branch further meanwhile: nothing is written then. */
async function takeNew(
  { repo, branch, before, pull }: JobPayloads['merged'],
  tools: DeployTools,
  signal: AbortSignal,
): Promise<boolean> {
  const inForce = await tools.settings(repo, signal);
  const known = await tools.store.heads.get(repo, branch);
  // Most branches that move are those of pulls: no merge was ever taken from them, and none will be.
  if (known === null && !deployedBranches(inForce).has(branch)) return true;
  const environments = environmentsOf(inForce, branch);
  const port = await tools.forge(repo.forge).repo(repo);
  const repository = await tools.mirror(repo);
  const tip = await fetchTip(port, repository, branch, signal);
  const from = await lastHead({ known: known ?? before, tip }, repository, signal);
  if (tip === null || from === tip) return true;
  const told = pull === undefined ? null : await port.pull(pull);
  const merges = await mergesOf({ from, tip, told }, { port, repository }, signal);
  const tree = await repository.tree(tip, signal);
  const applications = await tools.applications({ tree, repo, branch }, inForce.settings, signal);
  const reached = applications.reached(merges.flatMap(({ files }) => files));
  const drafts = environments.flatMap((environment) =>
    targetsOf(environment, inForce, reached).map(({ application, cluster }): Reached => {
      const own = merges.filter(({ files }) => applications.reached(files).includes(application));
      const made = draft({ repo, branch, tip, environment, application, cluster, merges: own }, tools.now());
      return { draft: made, whyNot: whyNotDeployed(inForce, environment) };
    }),
  );
  return record(drafts, { repo, branch, known, tip }, tools);
}

/** A target that new commits reach, and why they are not deployed to it all the same. */
interface Reached {
  readonly draft: Omit<Deployment, 'id' | 'previous'>;
  /** null: they are. */
  readonly whyNot: string | null;
}

function environmentsOf({ settings, branch: protectedBranch }: SettingsInForce, branch: string) {
  return [...settings.environments.values()].filter((one) => (one.branch ?? protectedBranch) === branch);
}

function whyNotDeployed({ settings }: SettingsInForce, { name, deploy }: EnvironmentSettings): string | null {
  if (settings.mode === 'observe') return 'the mode was observe';
  return deploy.on === 'never' ? `the settings did not deploy to ${name}` : null;
}

async function fetchTip(
  port: RepoPort,
  repository: Repository,
  branch: string,
  signal: AbortSignal,
): Promise<string | null> {
  const head = await port.branchHead(branch);
  if (head === null) return null;
  const { url, header } = await port.gitRemote();
  await repository.fetch({ url, header, refs: [`refs/heads/${branch}`] }, signal);
  return repository.resolve(`refs/heads/${branch}`, signal);
}

/** The commit up to which merges were worked out; after a rewritten branch, where both still agree. */
async function lastHead(
  { known, tip }: { readonly known: string | null; readonly tip: string | null },
  repository: Repository,
  signal: AbortSignal,
): Promise<string | null> {
  if (known === null || tip === null) return null;
  if (await repository.isAncestor(known, tip, signal)) return known;
  return repository.mergeBase(known, tip, signal).catch(() => null);
}

async function mergesOf(
  { from, tip, told }: { readonly from: string | null; readonly tip: string; readonly told: Pull | null },
  { port, repository }: { readonly port: RepoPort; readonly repository: Repository },
  signal: AbortSignal,
): Promise<readonly Merge[]> {
  const commits = await repository.firstParents(from, tip, signal);
  return mapConcurrently(commits, 4, async (commit): Promise<Merge> => {
    const [parent] = commit.parents;
    const files = parent === undefined ? [] : await repository.changedFiles(parent, commit.id, signal);
    const [pull] = await port.pullsForCommit(commit.id);
    return { commit, pull: pull ?? (told?.mergeSha === commit.id ? told : null), files };
  });
}

function targetsOf(environment: EnvironmentSettings, { clusters }: SettingsInForce, reached: readonly Application[]) {
  return reached
    .filter((application) => application.environment === environment.name)
    .flatMap((application) =>
      clustersForApplication(clusters, application).map((cluster) => ({ application, cluster }) as const),
    );
}

interface Draft {
  readonly repo: RepoRef;
  readonly branch: string;
  readonly tip: string;
  readonly environment: EnvironmentSettings;
  readonly application: Application;
  readonly cluster: string;
  readonly merges: readonly Merge[];
}

function draft(facts: Draft, now: Date): Omit<Deployment, 'id' | 'previous'> {
  const { repo, branch, tip, environment, application, cluster, merges } = facts;
  const pulls = merges.flatMap(({ pull }) => (pull === null ? [] : [pull.number]));
  const newest = merges.at(-1);
  return {
    ...blank(now),
    repo,
    target: targetId({ application: application.name, environment: environment.name, cluster }),
    application: application.name,
    environment: environment.name,
    cluster,
    engine: environment.deploy.engine,
    commit: tip,
    branch,
    pulls: [...new Set(pulls)],
    trigger: newest?.pull ? triggerOf(newest.pull) : 'merge',
    actor: newest?.pull?.mergedBy ?? newest?.commit.author ?? 'unknown',
  };
}

/** The fields every new deployment starts with. */
export function blank(now: Date) {
  const at = now.toISOString();
  return {
    confirmed: false,
    state: 'accepted',
    reason: '',
    steps: [{ state: 'accepted', at, note: '' }],
    journal: null,
    counts: null,
    pods: null,
    evidence: [],
    failedBefore: [],
    kept: [],
    digest: null,
    revertPull: null,
    revertNote: null,
    createdAt: at,
    appliedAt: null,
    healthyAt: null,
    endedAt: null,
  } satisfies Partial<Deployment>;
}

/** Deployments, the place reached and the jobs stand together or not at all: not where the branch is not as far as was known. */
async function record(
  all: readonly Reached[],
  at: { readonly repo: RepoRef; readonly branch: string; readonly known: string | null; readonly tip: string },
  tools: DeployTools,
): Promise<boolean> {
  const { store } = tools;
  return store.transaction(async (tx) => {
    if ((await store.heads.get(at.repo, at.branch)) !== at.known) return false;
    for (const { draft: made, whyNot } of all) {
      if (whyNot === null) await accept(tx, made, tools);
      else await passBy(tx, { draft: made, whyNot }, tools);
    }
    await store.heads.set(tx, at.repo, at.branch, at.tip);
    return true;
  });
}

/** A new deployment, which takes the place of those of its target that wait, and their pulls. */
async function accept(tx: Tx, draftOf: Reached['draft'], tools: DeployTools): Promise<void> {
  const { store, queue } = tools;
  const { repo, target } = draftOf;
  const [healthy] = await store.deployments.find({ repo, target, states: ['healthy'], limit: 1 });
  const waiting = await store.deployments.find({ repo, target, states: ['accepted', 'waiting'] });
  const pulls = [...new Set([...waiting.flatMap((older) => older.pulls), ...draftOf.pulls])];
  const created = await store.deployments.create(tx, { ...draftOf, pulls, previous: healthy?.commit ?? null });
  for (const deployment of waiting.filter(({ id }) => id !== created.id))
    await recordIn(tx, { deployment, move: superseded(created.id, tools) }, tools);
  await store.audit.append(tx, {
    actor: created.actor,
    action: 'deploy-accepted',
    subject: created.id,
    data: { target, commit: created.commit, pulls: [...created.pulls], repo: repoKey(repo) },
  });
  for (const next of [deployJob(created.id), ...created.pulls.map((pull) => tellJob(repo, pull))])
    await queue.add(tx, next.job, next);
}

/** Ends what was not written to the end: later it would put its commit over this one, which came to the cluster otherwise. */
async function passBy(tx: Tx, { draft: { repo, target, commit }, whyNot }: Reached, tools: DeployTools): Promise<void> {
  const open = await tools.store.deployments.find({ repo, target, states: ['accepted', 'waiting', 'applying'] });
  const reason = `${commit.slice(0, 7)} was merged while ${whyNot}`;
  for (const deployment of open) await recordIn(tx, { deployment, move: overtaken(reason, tools) }, tools);
}
