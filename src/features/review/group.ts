import { reviewComment } from '../../gitops/report/comment.ts';
import { BorderError } from '../../model/error.ts';
import type { JobPayloads, QueuedJob } from '../../model/jobs.ts';
import { repoKey } from '../../model/repo.ts';
import type { Review } from '../../model/review.ts';
import type { RepoPort } from '../../world/forge/forge.ts';
import type { Queue } from '../../world/store/queue.ts';
import type { Outbox } from '../../world/store/store.ts';
import { failedYet, finished, groupEnded, running } from './pull-check.ts';
import { pullOrigin } from './pull-origin.ts';
import type { PullTools } from './pull-tools.ts';
import { usersOf } from './pull-users.ts';
import { withStatus } from './report.ts';
import type { ReviewRequest } from './request.ts';
import { reviewToPlan } from './review.ts';
import { createRounds } from './rounds.ts';
import type { Rulings } from './rulings.ts';

type GroupJob = JobPayloads['group'];

/** Says at once that a group is looked at, or that it is not any more, and only then has it reviewed or its review stopped. */
export async function beginGroup(job: GroupJob, queue: Queue, tools: PullTools): Promise<void> {
  const { repo, head } = job;
  try {
    const port = await tools.forge(repo.forge).repo(repo);
    if (!job.isOver) await start(job, port, tools);
  } catch (error) {
    if (!(error instanceof BorderError)) throw error;
    tools.onUnreported({ repo, pull: job.pull ?? 0 }, error);
  }
  const next: QueuedJob = {
    job: { kind: 'group-review', payload: job },
    ...{ key: `group-review:${repoKey(repo)}:${head}`, replace: true, runAt: null },
  };
  await queue.add(null, next.job, next);
}

/**
 * Reviews what a merge queue is about to put on a branch, as it stands there, and says so in the check of that commit alone. The pulls
 * in it have their own comments. May run twice. Throws `BorderError` and `FairleadError` when forge or Git could not be read: the
 * check stays open then, so that nothing is let through unseen; the forge has a time limit of its own.
 */
export async function reviewGroup(job: GroupJob, tools: PullTools, signal: AbortSignal): Promise<Review | null> {
  const port = await tools.forge(job.repo.forge).repo(job.repo);
  if (job.isOver) {
    await endGroup(job, port, tools);
    return null;
  }
  await start(job, port, tools);
  try {
    const inForce = await tools.settings(job.repo, signal);
    const request = await gatherGroup(job, { port, inForce, tools }, signal);
    const scope = { repository: repoKey(job.repo), pull: null, head: job.head };
    const { review } = await tools.review.within(scope, () => reviewToPlan(request, tools.review, signal));
    signal.throwIfAborted();
    const { limits } = tools.forge(job.repo.forge);
    const fileUrl = (file: string, line: number | null): string => port.fileUrl(job.head, file, line);
    const options = {
      mask: tools.redact,
      limit: limits.checkSummary,
      fileUrl,
      problem: inForce.problem,
      unreported: null,
    };
    const summary = tools.redact(reviewComment(review, options));
    const check = finished(review, { summary, mode: inForce.settings.mode }, tools.redact);
    await port.report(job.head, await withStatus(check, { branch: job.branch, port }, tools));
    await createRounds(tools.store.outbox).end(placeOf(job), job.head);
    return review;
  } catch (error) {
    if (!signal.aborted) await port.report(job.head, failedYet(error, tools.redact));
    throw error;
  }
}

async function start(job: GroupJob, port: RepoPort, tools: PullTools): Promise<void> {
  await createRounds(tools.store.outbox).begin(placeOf(job), job.head, tools.review.now());
  await port.report(job.head, { ...running(tools.redact), yields: true });
}

/** A group that is merged or taken apart leaves no check running. */
async function endGroup(job: GroupJob, port: RepoPort, tools: PullTools): Promise<void> {
  const rounds = createRounds(tools.store.outbox);
  if (!(await rounds.open(placeOf(job))).some(({ head }) => head === job.head)) return;
  await port.report(job.head, groupEnded(tools.redact));
  await rounds.end(placeOf(job), job.head);
}

/** Forgets that the check of a group was begun, where somebody else ended it. */
export function groupRounds(outbox: Outbox): (repo: GroupJob['repo'], head: string) => Promise<void> {
  return (repo, head) => createRounds(outbox).end(placeOf({ repo }), head);
}

/** Rounds are kept by pull; a group has none of its own, and no pull has the number 0. */
function placeOf({ repo }: Pick<GroupJob, 'repo'>) {
  return { repo, pull: 0 };
}

async function gatherGroup(
  job: GroupJob,
  ground: {
    readonly port: RepoPort;
    readonly inForce: Awaited<ReturnType<PullTools['settings']>>;
    readonly tools: PullTools;
  },
  signal: AbortSignal,
): Promise<ReviewRequest> {
  const { port, inForce, tools } = ground;
  const { base, head } = job;
  const repository = await tools.mirror(job.repo);
  const { url, header } = await port.gitRemote();
  await repository.fetch({ url, header, refs: [job.ref] }, signal);
  const [baseTree, tree, changedFiles, allowed] = await Promise.all([
    repository.tree(base, signal),
    repository.tree(head, signal),
    repository.changedFiles(base, head, signal),
    allowedIn(job, port, tools),
  ]);
  const findings = await tools.judgeSettings({ base: baseTree, head: tree, inForce }, signal);
  const users = await usersOf(job.repo, tools, signal);
  const { settings, clusters } = inForce;
  return {
    ...{ base, head, baseTree, changedFiles, merged: { kind: 'clean', tree } as const, clusters, settings, users },
    rulings: { rules: settings.policy.rules, allowed, findings },
    // Only who may write here puts pulls into the queue.
    ...{ environment: tools.environment, strictEnvironments: false, untrusted: null },
    origin: pullOrigin({ url, branch: job.branch, defaultBranch: inForce.branch }, repository, () => port.gitRemote()),
  };
}

/** What people allowed in the pull that the group was made for, at the head it has now. */
async function allowedIn({ repo, pull }: GroupJob, port: RepoPort, tools: PullTools): Promise<Rulings['allowed']> {
  if (pull === null) return [];
  const { head } = await port.pull(pull);
  const marks = await tools.store.pulls.marks(repo, pull);
  return marks
    .filter((mark) => mark.kind === 'allow' && mark.head === head.sha)
    .map(({ subject, by, reason }) => ({ rule: subject, by, reason }));
}
