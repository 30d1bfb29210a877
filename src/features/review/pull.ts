import { mostParts, type ToldReview, tellReview } from '../../gitops/report/comment.ts';
import type { News } from '../../gitops/report/new-since.ts';
import { inRows } from '../../model/audit.ts';
import { FairleadError } from '../../model/error.ts';
import type { Plan, PlanTarget } from '../../model/plan.ts';
import { repoKey } from '../../model/repo.ts';
import type { Review } from '../../model/review.ts';
import type { SettingsInForce } from '../../model/settings.ts';
import type { Mode } from '../../model/verdict.ts';
import type { BudgetFigure, CheckReport, GitRemote, Pull, RepoPort } from '../../world/forge/forge.ts';
import type { MergeResult, Repository } from '../../world/git/git.ts';
import type { Mark } from '../../world/store/store.ts';
import { alsoOpen } from './also-open.ts';
import { currentPull } from './current-pull.ts';
import { isForgotten, lacking } from './lacking.ts';
import { type Before, beforeHead, marksOf, newsSince } from './news.ts';
import { isTouched, type LastReview } from './outdated.ts';
import { commentKeys, postComments } from './post-comments.ts';
import { failed, finished, running } from './pull-check.ts';
import { pullOrigin } from './pull-origin.ts';
import { commentKey, type PullJob, type PullTools } from './pull-tools.ts';
import { usersOf } from './pull-users.ts';
import { endRounds, report, reportBegun, type Seen } from './report.ts';
import type { ReviewRequest } from './request.ts';
import { reviewToPlan } from './review.ts';
import type { Rulings } from './rulings.ts';
import { tellApprovers } from './tell-approvers.ts';
import { isTold } from './told.ts';

/**
 * Reviews one pull and says so on the forge: check and sticky comment. Reads everything anew; may run twice. Throws `BorderError`
 * and `FairleadError` when the forge or Git could not be read.
 */
export async function reviewPull(asked: PullJob, tools: PullTools, signal: AbortSignal): Promise<Review | null> {
  const port = await tools.forge(asked.repo.forge).repo(asked.repo);
  // Its name may have changed since the job was made.
  if (port.ref.fullName !== asked.repo.fullName) await tools.store.repos.see(null, port.ref);
  const readAt = tools.review.now();
  const pull = await currentPull(asked, port, tools, signal);
  if (pull.state !== 'open') {
    await tools.store.plans.leave(asked.repo, asked.pull);
    await endRounds({ job: asked, pull, port }, tools);
    return null;
  }
  const lack = asked.reason === 'pull' ? 'pull' : await lacking(asked.repo, { pull, port }, tools.store);
  if (lack === null) return null;
  const job: Due = { ...asked, reason: asked.reason === 'resync' ? lack : asked.reason };
  const open = { job, pull, port };
  const unreported =
    job.reason === 'pull' ? await reportBegun(running(tools.redact), { ...open, readAt }, tools) : null;
  try {
    return await reviewOpen({ ...open, unreported }, tools, signal);
  } catch (error) {
    // A replaced job says nothing: the newer one does.
    if (!signal.aborted && job.reason === 'pull') await report(failed(error, tools.redact), open, tools);
    throw error;
  }
}

/** A review that is to be made, and why. */
type Due = PullJob & { readonly reason: 'pull' | 'base' };

interface Open extends Seen {
  readonly job: Due;
  /** Why the forge took no check so far; null when it did, or was not asked. */
  readonly unreported: string | null;
}

async function reviewOpen(open: Open, tools: PullTools, signal: AbortSignal): Promise<Review | null> {
  const { job, pull } = open;
  const repository = await tools.mirror(job.repo);
  const inForce = await tools.settings(job.repo, signal);
  const request = await gatherRequest(open, { repository, inForce, tools }, signal);
  const last = await tools.store.pulls.last(job.repo, pull.number);
  if (job.reason === 'base' && last !== null && !(await needsReview(last, request, repository, signal))) {
    // The base was looked at up to here, so that it is not looked at again.
    await tools.store.pulls.remember(job.repo, pull.number, { ...last, base: request.base });
    return null;
  }
  const forgotten = await isForgotten(job.repo, open, { store: tools.store, commentKey });
  const scope = { repository: repoKey(job.repo), pull: pull.number, head: request.head };
  const { review: result, targets } = await tools.review.within(scope, () =>
    reviewToPlan(request, tools.review, signal),
  );
  signal.throwIfAborted();
  const { verdict, base, head } = result;
  const at = tools.review.now().toISOString();
  const { key } = tools.review;
  const before = await beforeHead({ repo: job.repo, pull: pull.number, head }, tools.store);
  const commentsBefore = await commentsOf(open, forgotten, tools.store);
  // The plan stands before it is shown: whatever a person approves can be found. One that comes after the merge was shown to nobody.
  const isOpen = (await open.port.pull(pull.number)).state === 'open';
  const kept = { marks: marksOf(result, key), earlier: before.earlier, comments: mostParts };
  const plan: Plan = { repo: job.repo, pull: pull.number, head, base, verdict, at, shownAt: null, targets, ...kept };
  if (isOpen) await keep(plan, tools.store);
  const onShown = async (comments: number): Promise<void> => {
    const shownAt = tools.review.now().toISOString();
    if (isOpen) await tools.store.plans.save(null, { ...plan, shownAt, comments });
  };
  const { earlier } = before;
  const said = { onShown, forgotten, earlier, news: newsSince(before, key), commentsBefore, shown: before.verdict };
  await say(result, { ...open, ...said }, inForce, tools);
  await tools.store.pulls.remember(job.repo, pull.number, { base, head, inputs: result.inputs });
  return result;
}

/** The plan, and in the audit what was found: the verdict, and the digest of each target. */
async function keep(plan: Plan, { plans, audit, transaction }: PullTools['store']): Promise<void> {
  const { repo, pull, head, base, verdict, targets } = plan;
  const row = { actor: 'fairlead', action: 'reviewed', subject: `${repoKey(repo)}#${pull}` };
  const parts = targets.length === 0 ? [[]] : inRows(targets);
  await transaction(async (tx) => {
    await plans.save(tx, plan);
    for (const part of parts) {
      const digests = Object.fromEntries(part.map(({ id, digest }) => [id, digest]));
      await audit.append(tx, { ...row, data: { head, base, verdict, digests } });
    }
  });
}

interface Ground {
  readonly repository: Repository;
  readonly inForce: SettingsInForce;
  readonly tools: PullTools;
}

async function gatherRequest(
  { job, pull, port }: Open,
  { repository, inForce, tools }: Ground,
  signal: AbortSignal,
): Promise<ReviewRequest> {
  const remote = await port.gitRemote();
  const refs = remote.pullRefs(pull.number);
  const baseRef = `refs/heads/${pull.base.ref}`;
  await fetchPull(repository, remote, { wanted: [refs.head, baseRef], merge: refs.merge }, signal);
  const base = await repository.resolve(baseRef, signal);
  const head = pull.head.sha;
  const merged =
    (await forgeMerge(repository, { base, head, ref: refs.merge }, signal)) ??
    (await repository.merge(base, head, signal));
  const marks = (await tools.store.pulls.marks(job.repo, pull.number)).filter((mark) => mark.head === head);
  const { settings, clusters } = inForce;
  const untrusted = marks.some(({ kind }) => kind === 'ok-to-test') ? null : await whyUntrusted(pull, port);
  const own = { url: remote.url, branch: pull.base.ref, defaultBranch: inForce.branch };
  const origin = pullOrigin(own, repository, () => port.gitRemote());
  const common = {
    base,
    head,
    clusters,
    settings,
    rulings: { rules: settings.policy.rules, allowed: allowedBy(marks), findings: [] },
    environment: tools.environment,
    strictEnvironments: false,
    baseTree: await repository.tree(base, signal),
    untrusted,
    origin: untrusted === null ? origin : { ...origin, unfetched: untrusted },
    alsoOpen: (targets: readonly PlanTarget[]) =>
      alsoOpen(targets, { repo: job.repo, pull: pull.number, port, plans: tools.store.plans }),
  };
  if (merged.kind === 'conflict') return { ...common, merged, changedFiles: [] };
  const changedFiles = await repository.changedFiles(base, merged.tree, signal);
  const tree = await repository.tree(merged.tree, signal);
  const findings = await tools.judgeSettings({ base: common.baseTree, head: tree, inForce }, signal);
  const users = await usersOf(job.repo, tools, signal);
  const proposed = (await tools.proposedSettings?.({ base: common.baseTree, head: tree }, signal)) ?? null;
  const judged = { rulings: { ...common.rulings, findings }, ...(proposed === null ? {} : { proposed }) };
  return { ...common, ...judged, changedFiles, merged: { kind: 'clean', tree }, users };
}

function allowedBy(marks: readonly Mark[]): Rulings['allowed'] {
  return marks.filter(({ kind }) => kind === 'allow').map(({ subject, by, reason }) => ({ rule: subject, by, reason }));
}

/** Fetches head and base, and the forge's own merge where there is one: it has none for a pull in conflict. */
async function fetchPull(
  repository: Repository,
  remote: GitRemote,
  refs: { readonly wanted: readonly string[]; readonly merge: string | null },
  signal: AbortSignal,
): Promise<void> {
  const { url, header } = remote;
  if (refs.merge !== null) {
    try {
      return await repository.fetch({ url, header, refs: [...refs.wanted, refs.merge] }, signal);
    } catch (error) {
      if (!(error instanceof FairleadError) || error.code !== 'fetch-failed') throw error;
    }
  }
  await repository.fetch({ url, header, refs: refs.wanted }, signal);
}

/** The forge's merge commit, when it merges exactly this head into exactly this base; it may lag behind either. */
async function forgeMerge(
  repository: Repository,
  of: { readonly base: string; readonly head: string; readonly ref: string | null },
  signal: AbortSignal,
): Promise<MergeResult | null> {
  if (of.ref === null) return null;
  try {
    const parents = [await repository.resolve(`${of.ref}^1`, signal), await repository.resolve(`${of.ref}^2`, signal)];
    if (parents[0] !== of.base || parents[1] !== of.head) return null;
    return { kind: 'clean', tree: await repository.resolve(of.ref, signal) };
  } catch (error) {
    if (error instanceof FairleadError && error.code === 'unknown-revision') return null;
    throw error;
  }
}

/** Branches that Fairlead itself writes begin so. */
const ownBranchPrefix = 'fairlead/';

/** A dry-run runs admission webhooks on the content and answers with live data: only for people who may write here. */
async function whyUntrusted(pull: Pull, port: RepoPort): Promise<string | null> {
  if (pull.head.fromFork) return 'the pull comes from a fork';
  // Pulls of our own: the author is an app, which has no role, and only who may write here can push such a branch.
  if (pull.head.ref.startsWith(ownBranchPrefix)) return null;
  const role = await port.roleOf(pull.author);
  return role === 'write' || role === 'maintain' || role === 'admin'
    ? null
    : 'the author of the pull has no write access';
}

async function needsReview(
  last: LastReview,
  request: ReviewRequest,
  repository: Repository,
  signal: AbortSignal,
): Promise<boolean> {
  if (last.head !== request.head) return true;
  if (last.base === request.base) return false;
  // Another branch, or one that was rewritten: what it holds cannot be told from what changed.
  if (!(await repository.isAncestor(last.base, request.base, signal))) return true;
  return isTouched(last, await repository.changedFiles(last.base, request.base, signal));
}

/** How many comments may stand from the review before. Where its plan was lost the pull is asked for a second one. */
async function commentsOf({ job, port }: Open, isForgotten: boolean, { plans }: PullTools['store']): Promise<number> {
  const plan = await plans.of(job.repo, job.pull, null);
  if (plan !== null || !isForgotten) return plan?.comments ?? 1;
  const [, second = commentKey] = commentKeys;
  return (await port.hasComment(job.pull, second)) ? mostParts : 1;
}

/** What a review says beside itself, and what is to be done once it stands. */
interface Said extends Open {
  /** It stands in so many comments. */
  readonly onShown: (comments: number) => Promise<void>;
  readonly forgotten: boolean;
  readonly earlier: Before['earlier'];
  readonly news: News | null;
  readonly commentsBefore: number;
  /** What people saw last. */
  readonly shown: Before['verdict'];
}

/** The check says what the comment says, and below it in full what it says in short. */
function checkOf(
  result: Review,
  { told, mode, room }: { readonly told: ToldReview; readonly mode: Mode; readonly room: number },
  redact: PullTools['redact'],
): CheckReport {
  const details = room === 0 ? '' : told.details(room);
  const text = details === '' ? null : redact(details);
  return finished(result, { summary: redact(told.comment()), text, mode }, redact);
}

async function say(
  result: Review,
  open: Said,
  { settings, problem }: SettingsInForce,
  tools: PullTools,
): Promise<void> {
  const { job, pull, port, onShown, forgotten, earlier, news, commentsBefore: before } = open;
  const { limits, budgets } = tools.forge(job.repo.forge);
  const isOurs = ({ installation }: BudgetFigure): boolean => installation === port.ref.installation;
  const slow = budgets().find((budget) => isOurs(budget) && budget.isDegraded) ?? null;
  const fileUrl = (file: string, line: number | null): string => port.fileUrl(pull.head.sha, file, line);
  const style = { mask: tools.redact, fileUrl, problem, forgotten, slow, earlier, news };
  const tell = (unreported: string | null, limit = limits.comment): ToldReview =>
    tellReview(result, { ...style, limit, unreported });
  const told = tell(open.unreported);
  const bodies = told.comments().map(tools.redact);
  const isDue = (unreported: string | null): boolean => isTold(result.verdict, settings.comment, unreported);
  const speaks = isDue(open.unreported) || (await port.hasComment(pull.number, commentKey));
  if (speaks) await postComments(port, pull.number, { bodies, before });
  if (speaks) await tellApprovers(result, { pull, port, before: open.shown }, tools);
  await onShown(bodies.length);
  const summed = limits.checkSummary === limits.comment ? told : tell(open.unreported, limits.checkSummary);
  const check = checkOf(result, { told: summed, mode: settings.mode, room: limits.checkText }, tools.redact);
  const unreported = await report(check, open, tools);
  if (unreported !== open.unreported && (speaks || isDue(unreported)))
    await postComments(port, pull.number, {
      bodies: tell(unreported).comments().map(tools.redact),
      before: Math.max(before, bodies.length),
    });
}
