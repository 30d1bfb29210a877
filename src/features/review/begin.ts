import { BorderError, FairleadError } from '../../model/error.ts';
import type { JobPayloads } from '../../model/jobs.ts';
import { pullJob } from '../../model/queued.ts';
import { repoKey } from '../../model/repo.ts';
import type { RepoPort } from '../../world/forge/forge.ts';
import type { Queue } from '../../world/store/queue.ts';
import { headInGit, readIfThere } from './current-pull.ts';
import { running } from './pull-check.ts';
import type { PullTools } from './pull-tools.ts';
import type { Quiet } from './quiet.ts';
import { endOthers } from './report.ts';
import { createRounds } from './rounds.ts';
import { showOutdated } from './show-outdated.ts';

/** What beginning a review needs. */
export type BeginTools = Pick<PullTools, 'forge' | 'mirror' | 'redact' | 'review' | 'onUnreported'> & {
  readonly store: Pick<PullTools['store'], 'outbox' | 'pulls'>;
  readonly queue: Queue;
  readonly quiet: Quiet;
};

/**
 * Says on the new head that it is being looked at, and on heads it replaced that they are not, and only then asks for the review: of
 * one pull `running` is written before what the review says, never after it. A forge that takes no check keeps no review back. An
 * event that comes after that of a newer head changes nothing.
 */
export async function beginReview(job: JobPayloads['begin'], tools: BeginTools, signal: AbortSignal): Promise<void> {
  const { repo, pull } = job;
  let heads: Heads | null = job;
  let port: RepoPort | null = null;
  try {
    port = await tools.forge(repo.forge).repo(repo);
    heads = await tell(job, port, { tools, signal });
  } catch (error) {
    if (!(error instanceof BorderError)) throw error;
    tools.onUnreported({ repo, pull }, error);
  }
  if (heads === null) return;
  const told = {
    ...(heads.head === null ? {} : { head: heads.head }),
    ...(heads.before === null ? {} : { before: heads.before }),
  };
  const next = pullJob(repo, pull, 'pull');
  const runAt = job.head === null ? null : tools.quiet.after(`${repoKey(repo)}#${pull}`, tools.review.now());
  if (port !== null && heads.head !== null)
    await showOutdated({ repo, pull, head: heads.head, isStorm: runAt !== null }, port, tools);
  await tools.queue.add(null, { kind: 'review', payload: { repo, pull, reason: 'pull', ...told } }, { ...next, runAt });
}

type Heads = Pick<JobPayloads['begin'], 'head' | 'before'>;

interface Doing {
  readonly tools: BeginTools;
  readonly signal: AbortSignal;
}

/** Gives the heads the review is to be told of; null where the event comes late. */
async function tell(job: JobPayloads['begin'], port: RepoPort, { tools, signal }: Doing): Promise<Heads | null> {
  const readAt = tools.review.now();
  const rounds = createRounds(tools.store.outbox);
  const last = await tools.store.pulls.last(job.repo, job.pull);
  const open = (await rounds.open(job)).map((round) => round.head);
  const known = new Set(last === null ? open : [last.head, ...open]);
  const head = await headToTell(job, port, { tools, signal, known });
  // Nothing is said of a head that is in doubt: the review finds out, and says it then.
  if (head === null) return job;
  const isOther = job.head !== null && head !== job.head;
  if (isOther && known.has(head)) return null;
  await rounds.begin(job, head, tools.review.now());
  await port.report(head, running(tools.redact));
  await endOthers(job, { head, port, readAt }, tools);
  return isOther ? { head, before: null } : job;
}

/**
 * The head the pull has now. Where nothing was said of another one the event is taken at its word. Else the forge is asked, as
 * webhooks come in any order; and where it says otherwise Git decides, as the forge's own answers may lag behind its webhooks. null:
 * it is not known, or the pull is not open.
 */
async function headToTell(
  job: JobPayloads['begin'],
  port: RepoPort,
  { tools, signal, known }: Doing & { readonly known: ReadonlySet<string> },
): Promise<string | null> {
  if (job.head !== null && [...known].every((head) => head === job.head)) return job.head;
  const pull = await readIfThere(port, job.pull);
  if (pull === null) return job.head;
  if (pull.state !== 'open') return null;
  if (job.head === null || pull.head.sha === job.head) return pull.head.sha;
  return gitHead(job, port, { tools, signal });
}

/** null where Git cannot be read now. */
async function gitHead(job: JobPayloads['begin'], port: RepoPort, { tools, signal }: Doing): Promise<string | null> {
  try {
    return await headInGit(job, port, tools, signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof FairleadError)) throw error;
    return null;
  }
}
