import { redeployJob } from '../features/commands/redeploy-job.ts';
import { whyNoRollback } from '../features/commands/why-no-rollback.ts';
import { type DraftTools, draftsOf } from '../features/deploy/redeploy.ts';
import type { DeployTools } from '../features/deploy/tools.ts';
import { clustersFor } from '../model/cluster-map.ts';
import { type Deployment, isAsked } from '../model/deployment.ts';
import { FairleadError } from '../model/error.ts';
import { type Json, pick, pickText } from '../model/json.ts';
import { type RepoRef, repoKey } from '../model/repo.ts';
import type { SettingsInForce } from '../model/settings.ts';
import { someOf } from '../model/some-of.ts';
import type { Application } from '../model/target.ts';
import type { Repository } from '../world/git/git.ts';
import type { Answer } from './answer.ts';
import { problem } from './api.ts';

/** What asking for a deployment needs. */
export type RedeployTools = DraftTools & Pick<DeployTools, 'queue'>;

/** What is asked for, read from the body. */
interface Wish {
  /** `github:42` or `owner/name`; null: the only one. */
  readonly repo: string | null;
  readonly environment: string;
  readonly application: string | null;
  readonly commit: string | null;
  readonly trigger: 'command' | 'rollback';
  /** As the caller tells: whoever holds the token speaks for the machine. */
  readonly actor: string;
}

/**
 * Queues the deployment of a commit (null: the branch's newest), or with the trigger `rollback` of the one that was healthy before.
 * 202 with what was queued and the audit row it was asked in; what cannot be done is 404 or 409 with the reason, and audited.
 */
export async function askRedeployment(body: Json, tools: RedeployTools, signal: AbortSignal): Promise<Answer> {
  const wish = wishOf(body);
  if (wish === null)
    return problem(400, 'repo, environment, trigger (command, rollback) and actor (cli:NAME) are needed');
  const repo = repoOf(await tools.store.repos.list(), wish.repo);
  if (typeof repo === 'string') return problem(404, repo);
  const inForce = await tools.settings(repo, signal);
  const judged = await judge(wish, { repo, inForce }, tools, signal);
  if ('refused' in judged) {
    const data = { command: textOf(wish), reason: judged.why };
    await tools.store.audit.append(null, {
      actor: wish.actor,
      action: 'command-refused',
      subject: repoKey(repo),
      data,
    });
    return problem(judged.refused, judged.why);
  }
  const { environment, application, trigger, actor } = wish;
  const { job, ...how } = redeployJob(
    { repo, actor, pull: null },
    { environment, application, trigger, confirmed: false, ...judged },
  );
  const row = await tools.store.transaction(async (tx) => {
    await tools.queue.add(tx, job, how);
    const data = { command: textOf(wish), job: job.kind, key: how.key, commit: judged.commit };
    return tools.store.audit.append(tx, { actor, action: 'job-asked', subject: repoKey(repo), data });
  });
  const queued = { repo: repo.fullName, environment, application, commit: judged.commit, trigger, actor };
  return { status: 202, body: { queued, after: row.sequence } };
}

/** Whether a repository is called so: by its key, or by its full name in any case. */
export function isRepo(repo: RepoRef, name: string): boolean {
  return repoKey(repo) === name || repo.fullName.toLowerCase() === name.toLowerCase();
}

/** The repository that is meant, or why that is not known. */
function repoOf(known: readonly RepoRef[], wanted: string | null): RepoRef | string {
  const meant = wanted === null ? known : known.filter((one) => isRepo(one, wanted));
  const [only] = meant;
  if (only !== undefined && meant.length === 1) return only;
  if (known.length === 0) return 'the server knows no repository yet: it knows one as soon as a webhook of it came in';
  const all = someOf(
    known.map(({ fullName }) => fullName),
    10,
  );
  return wanted === null
    ? `the server knows several repositories; name one: ${all}`
    : `the server knows no repository ${wanted}; it knows ${all}`;
}

function wishOf(body: Json): Wish | null {
  const [environment, trigger, actor] = ['environment', 'trigger', 'actor'].map((key) => pickText(body, key));
  const [repo, application, commit] = ['repo', 'application', 'commit'].map((key) => pick(body, key) ?? null);
  if (environment === undefined || !/^cli:[\w.@\\-]{1,64}$/.test(actor ?? '')) return null;
  if (trigger !== 'command' && trigger !== 'rollback') return null;
  if (!isTextOrNull(repo) || !isTextOrNull(application) || !isTextOrNull(commit)) return null;
  return { repo, environment, application, commit, trigger, actor: actor ?? '' };
}

function isTextOrNull(value: Json | undefined): value is string | null {
  return value === null || typeof value === 'string';
}

function textOf({ trigger, environment, application, commit }: Wish): string {
  const parts = [trigger === 'rollback' ? 'rollback' : 'deploy', environment, application ?? '', commit ?? ''];
  return parts
    .filter((part) => part !== '')
    .join(' ')
    .slice(0, 300);
}

type Judged = { readonly commit: string | null } | { readonly refused: 404 | 409; readonly why: string };

interface Ground {
  readonly repo: RepoRef;
  readonly inForce: SettingsInForce;
}

async function judge(wish: Wish, ground: Ground, tools: RedeployTools, signal: AbortSignal): Promise<Judged> {
  const { settings, clusters } = ground.inForce;
  const environment = settings.environments.get(wish.environment);
  if (environment === undefined) {
    const known = [...settings.environments.keys()].join(', ');
    return {
      refused: 404,
      why: `there is no environment ${wish.environment}${known === '' ? '' : `; there is ${known}`}`,
    };
  }
  if (settings.mode === 'observe') return { refused: 409, why: 'the mode is observe: nothing is deployed' };
  if (environment.deploy.on === 'never')
    return { refused: 409, why: `the settings say deploy.on: never for ${wish.environment}` };
  if (clustersFor(clusters, wish.environment).length === 0)
    return { refused: 409, why: `the server knows no cluster of ${wish.environment}` };
  return wish.trigger === 'rollback' ? judgeRollback(wish, ground, tools) : judgeCommit(wish, ground, tools, signal);
}

async function judgeRollback(wish: Wish, { repo }: Ground, { store }: RedeployTools): Promise<Judged> {
  const { environment, application } = wish;
  if (wish.commit !== null) return { refused: 409, why: 'a rollback takes no commit; deploy does' };
  const why = whyNoRollback(await store.deployments.find({ repo, environment, limit: 1_000 }), application);
  const what = application === null ? environment : `${application} in ${environment}`;
  switch (why) {
    case 'nothing':
      return { refused: 404, why: `nothing of ${what} was deployed yet` };
    case 'no-other':
      return { refused: 409, why: `${what} was healthy with no other commit before` };
    case null:
      return { commit: null };
    default:
      return why satisfies never;
  }
}

async function judgeCommit(
  wish: Wish,
  { repo, inForce }: Ground,
  tools: RedeployTools,
  signal: AbortSignal,
): Promise<Judged> {
  const branch = inForce.settings.environments.get(wish.environment)?.branch ?? inForce.branch;
  const head = branch === inForce.branch ? inForce.commit : await tools.store.heads.get(repo, branch);
  if (head === null) return { refused: 409, why: `nothing is known of the branch ${branch} yet` };
  const repository = await tools.mirror(repo);
  const commit = wish.commit === null ? head : await resolve(wish.commit, repository, signal);
  if (commit === null) return { refused: 404, why: `there is no commit ${wish.commit?.slice(0, 64)}` };
  if (!(await repository.isAncestor(commit, head, signal)))
    return {
      refused: 409,
      why: `${commit.slice(0, 7)} is not on the branch ${branch}, which deploys to ${wish.environment}`,
    };
  const newer = await waitingBehind(wish, commit, { repo, repository, store: tools.store }, signal);
  if (newer !== null) {
    const what = `${newer.id} waits for ${newer.application} in ${wish.environment} with a newer commit`;
    return { refused: 409, why: `${what}; let that go on first, or roll back` };
  }
  const where = { tree: await repository.tree(commit, signal), repo, branch: null };
  const { all } = await tools.applications(where, inForce.settings, signal);
  const own = all.filter(({ environment }) => environment === wish.environment);
  const judged = judgeApplication(wish, commit, own);
  return 'refused' in judged ? judged : judgeApprovals(wish, { repo, inForce, commit }, tools, signal);
}

/** An approval is given on a pull: without one the deployment would take the place of what waits, and wait for ever. */
async function judgeApprovals(
  { environment, application, trigger, actor }: Wish,
  { repo, inForce, commit }: Ground & { readonly commit: string },
  tools: RedeployTools,
  signal: AbortSignal,
): Promise<Judged> {
  const approvals = inForce.settings.environments.get(environment)?.deploy.approvals ?? null;
  if (approvals === null) return { commit };
  const request = { repo, environment, application, commit, trigger, actor, confirmed: false, pull: null };
  const drafts = await draftsOf(request, tools, signal);
  const names = new Set(drafts.filter(({ pulls }) => pulls.length === 0).map((draft) => draft.application));
  if (names.size === 0) return { commit };
  const what = `${commit.slice(0, 7)} comes to ${[...names].slice(0, 20).join(', ')} by no pull`;
  const instead = `merge it by a pull, or write \`/fairlead deploy ${environment}\` on the pull that is meant`;
  return { refused: 409, why: `${what}, and ${environment} wants approvals, which are given on a pull; ${instead}` };
}

/** A later merge that waits: the commit would take it back before it began. */
async function waitingBehind(
  { environment, application }: Wish,
  commit: string,
  {
    repo,
    repository,
    store,
  }: Pick<Ground, 'repo'> & Pick<RedeployTools, 'store'> & { readonly repository: Repository },
  signal: AbortSignal,
): Promise<Deployment | null> {
  const all = await store.deployments.find({ repo, environment, states: ['accepted', 'waiting'], limit: 1_000 });
  const merges = all.filter((one) => !isAsked(one) && (application ?? one.application) === one.application);
  for (const one of merges)
    if (one.commit !== commit && (await repository.isAncestor(commit, one.commit, signal))) return one;
  return null;
}

function judgeApplication(wish: Wish, commit: string, all: readonly Application[]): Judged {
  const names = all.map(({ name }) => name);
  if (wish.application === null ? names.length > 0 : names.includes(wish.application)) return { commit };
  const known = names.length === 0 ? 'it has none' : `it has ${names.slice(0, 20).join(', ')}`;
  const what = wish.application === null ? 'application' : `application ${wish.application}`;
  return { refused: 404, why: `${commit.slice(0, 7)} has no ${what} in ${wish.environment}; ${known}` };
}

/** Only an id is a commit here: what else a revision may be is nobody's to say through the API. */
async function resolve(
  id: string,
  repository: Awaited<ReturnType<RedeployTools['mirror']>>,
  signal: AbortSignal,
): Promise<string | null> {
  if (!/^[0-9a-f]{7,64}$/i.test(id)) return null;
  try {
    return await repository.resolve(id, signal);
  } catch (error) {
    if (error instanceof FairleadError && error.code === 'unknown-revision') return null;
    throw error;
  }
}
