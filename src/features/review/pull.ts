import { fence } from '../../formats/markdown.ts';
import { checkText } from '../../gitops/report/check.ts';
import { readTimePattern, reviewComment } from '../../gitops/report/comment.ts';
import type { ClusterMap } from '../../model/cluster-map.ts';
import { FairleadError } from '../../model/error.ts';
import type { Redacted } from '../../model/redacted.ts';
import type { Review } from '../../model/review.ts';
import type { Mode } from '../../model/verdict.ts';
import type { CheckReport, Forge, GitRemote, Pull, RepoPort, RepoRef } from '../../world/forge/forge.ts';
import type { MergeResult, Repository } from '../../world/git/git.ts';
import { isTouched, type LastReview } from './outdated.ts';
import type { ReviewRequest, ReviewTools } from './request.ts';
import { review } from './review.ts';

/** Name of the check. */
export const checkName = 'fairlead';
/** Key of the sticky comment. */
export const commentKey = 'review';

/** What a pull is reviewed with, handed in by the composition root. */
export interface PullTools {
  readonly forge: Forge;
  /** The bare mirror of a repository, made when first asked for. */
  readonly mirror: (repo: RepoRef) => Promise<Repository>;
  readonly review: ReviewTools;
  readonly clusters: ClusterMap;
  readonly environment: string | null;
  readonly mode: Mode;
  readonly redact: (text: string) => Redacted;
  /** What was said last about a pull; bounded by whoever hands it in. */
  readonly last: Map<string, LastReview>;
}

/** Which pull, and why: `pull` when it changed, `base` when the branch it goes into moved. */
export interface PullJob {
  readonly repo: RepoRef;
  readonly pull: number;
  readonly reason: 'pull' | 'base';
}

/**
 * Reviews one pull and says so on the forge: check and sticky comment. Reads everything anew; may run twice. Throws `BorderError`
 * and `FairleadError` when the forge or Git could not be read.
 */
export async function reviewPull(job: PullJob, tools: PullTools, signal: AbortSignal): Promise<Review | null> {
  const port = await tools.forge.repo(job.repo);
  const pull = await port.pull(job.pull);
  if (pull.state !== 'open') return null;
  if (job.reason === 'pull') await port.report(pull.head.sha, running(tools.redact));
  try {
    return await reviewOpen({ job, pull, port }, tools, signal);
  } catch (error) {
    // A replaced job says nothing: the newer one does.
    if (!signal.aborted && job.reason === 'pull') await port.report(pull.head.sha, failed(error, tools.redact));
    throw error;
  }
}

async function reviewOpen(
  { job, pull, port }: { readonly job: PullJob; readonly pull: Pull; readonly port: RepoPort },
  tools: PullTools,
  signal: AbortSignal,
): Promise<Review | null> {
  const repository = await tools.mirror(job.repo);
  const request = await gatherRequest(pull, port, repository, { tools, signal });
  const key = `${tools.forge.name}:${job.repo.id}#${job.pull}`;
  if (job.reason === 'base' && !(await needsReview(tools.last.get(key), request, repository, signal))) return null;
  const result = await review(request, tools.review, signal);
  signal.throwIfAborted();
  await say(result, pull, port, tools);
  tools.last.delete(key);
  tools.last.set(key, { base: result.base, head: result.head, inputs: result.inputs });
  return result;
}

async function gatherRequest(
  pull: Pull,
  port: RepoPort,
  repository: Repository,
  { tools, signal }: { readonly tools: PullTools; readonly signal: AbortSignal },
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
  const common = {
    base,
    head,
    clusters: tools.clusters,
    environment: tools.environment,
    strictEnvironments: false,
    baseTree: await repository.tree(base, signal),
  };
  const untrusted = await whyUntrusted(pull, port);
  if (merged.kind === 'conflict') return { ...common, untrusted, merged, changedFiles: [] };
  const changedFiles = await repository.changedFiles(base, merged.tree, signal);
  return {
    ...common,
    untrusted,
    changedFiles,
    merged: { kind: 'clean', tree: await repository.tree(merged.tree, signal) },
  };
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

/** A dry-run runs admission webhooks on the content and answers with live data: only for people who may write here. */
async function whyUntrusted(pull: Pull, port: RepoPort): Promise<string | null> {
  if (pull.head.fromFork) return 'the pull comes from a fork';
  const role = await port.roleOf(pull.author);
  return role === 'write' || role === 'maintain' || role === 'admin'
    ? null
    : 'the author of the pull has no write access';
}

async function needsReview(
  last: LastReview | undefined,
  request: ReviewRequest,
  repository: Repository,
  signal: AbortSignal,
): Promise<boolean> {
  if (last === undefined || last.head !== request.head) return true;
  if (last.base === request.base) return false;
  return isTouched(last, await repository.changedFiles(last.base, request.base, signal));
}

async function say(result: Review, pull: Pull, port: RepoPort, tools: PullTools): Promise<void> {
  const { limits } = tools.forge;
  const fileUrl = (file: string, line: number | null): string => port.fileUrl(pull.head.sha, file, line);
  const compose = (limit: number): Redacted => tools.redact(reviewComment(result, { limit, fileUrl }));
  const body = compose(limits.comment);
  // Quiet by default: a pull that changes nothing gets a green check, and a comment only where one stands already.
  const speaks = result.verdict !== 'no-change' || (await port.hasComment(pull.number, commentKey));
  if (speaks) await port.ensureComment(pull.number, commentKey, body, readTimePattern);
  const summary = limits.checkSummary === limits.comment ? body : compose(limits.checkSummary);
  await port.report(pull.head.sha, finished(result, summary, tools));
}

function running(redact: PullTools['redact']): CheckReport {
  const text = redact('Fairlead is working out what merging would change.');
  return {
    name: checkName,
    state: 'running',
    conclusion: null,
    title: redact('Reviewing'),
    summary: text,
    annotations: [],
  };
}

/** A review that broke must not leave the check running for ever: it says what broke, and stops no merge. */
function failed(error: unknown, redact: PullTools['redact']): CheckReport {
  const isKnown = error instanceof FairleadError;
  const text = isKnown ? `${error.message}\n\n${error.remedy}` : 'A fault of Fairlead itself; its log says more.';
  const title = redact('The review could not be made');
  return {
    name: checkName,
    state: 'done',
    conclusion: 'neutral',
    title,
    summary: redact(fence(text, 'text')),
    annotations: [],
  };
}

function finished(result: Review, summary: Redacted, tools: PullTools): CheckReport {
  const text = checkText(result, tools.mode);
  const annotations = text.remarks.map((remark) => ({
    ...remark,
    title: tools.redact(remark.title),
    message: tools.redact(remark.message),
  }));
  return {
    name: checkName,
    state: 'done',
    conclusion: text.conclusion,
    title: tools.redact(text.title),
    summary,
    annotations,
  };
}
