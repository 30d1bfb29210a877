import { BorderError } from '../../model/error.ts';
import type { JobPayloads } from '../../model/jobs.ts';
import { pullJob } from '../../model/queued.ts';
import { repoKey } from '../../model/repo.ts';
import type { RepoPort } from '../../world/forge/forge.ts';
import type { Queue } from '../../world/store/queue.ts';
import { running } from './pull-check.ts';
import type { PullTools } from './pull-tools.ts';
import type { Quiet } from './quiet.ts';
import { endOthers } from './report.ts';
import { createRounds } from './rounds.ts';

/** What beginning a review needs. */
export type BeginTools = Pick<PullTools, 'forge' | 'redact' | 'review' | 'onUnreported'> & {
  readonly store: Pick<PullTools['store'], 'outbox'>;
  readonly queue: Queue;
  readonly quiet: Quiet;
};

/**
 * Says on the new head that it is being looked at, and on heads it replaced that they are not, and only then asks for the review: of
 * one pull `running` is written before what the review says, never after it. A forge that takes no check keeps no review back.
 */
export async function beginReview(job: JobPayloads['begin'], tools: BeginTools): Promise<void> {
  const { repo, pull } = job;
  try {
    await tell(job, await tools.forge(repo.forge).repo(repo), tools);
  } catch (error) {
    if (!(error instanceof BorderError)) throw error;
    tools.onUnreported({ repo, pull }, error);
  }
  const told = {
    ...(job.head === null ? {} : { head: job.head }),
    ...(job.before === null ? {} : { before: job.before }),
  };
  const next = pullJob(repo, pull, 'pull');
  const runAt = job.head === null ? null : tools.quiet.after(`${repoKey(repo)}#${pull}`, tools.review.now());
  await tools.queue.add(null, { kind: 'review', payload: { repo, pull, reason: 'pull', ...told } }, { ...next, runAt });
}

async function tell(job: JobPayloads['begin'], port: RepoPort, tools: BeginTools): Promise<void> {
  const head = job.head ?? (await openHead(job, port));
  if (head === null) return;
  const rounds = createRounds(tools.store.outbox);
  await rounds.begin(job, head, tools.review.now());
  await port.report(head, running(tools.redact));
  await endOthers(job, { head, port }, tools);
}

async function openHead({ pull }: JobPayloads['begin'], port: RepoPort): Promise<string | null> {
  const { state, head } = await port.pull(pull);
  return state === 'open' ? head.sha : null;
}
