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
  readonly store: Pick<PullTools['store'], 'outbox' | 'pulls'>;
  readonly queue: Queue;
  readonly quiet: Quiet;
};

/**
 * Says on the new head that it is being looked at, and on heads it replaced that they are not, and only then asks for the review: of
 * one pull `running` is written before what the review says, never after it. A forge that takes no check keeps no review back.
 */
export async function beginReview(job: JobPayloads['begin'], tools: BeginTools): Promise<void> {
  const { repo, pull } = job;
  let told: Told = { ...known('head', job.head), ...known('before', job.before) };
  try {
    const port = await tools.forge(repo.forge).repo(repo);
    const readAt = tools.review.now();
    const head = await headNow(job, port, tools);
    if (head !== null) await tell(job, { head, port, readAt }, tools);
    if (head !== null && job.head !== null && head !== job.head) told = { head };
  } catch (error) {
    if (!(error instanceof BorderError)) throw error;
    tools.onUnreported({ repo, pull }, error);
  }
  const next = pullJob(repo, pull, 'pull');
  const runAt = job.head === null ? null : tools.quiet.after(`${repoKey(repo)}#${pull}`, tools.review.now());
  await tools.queue.add(null, { kind: 'review', payload: { repo, pull, reason: 'pull', ...told } }, { ...next, runAt });
}

type Told = Pick<JobPayloads['review'], 'head' | 'before'>;

function known(name: keyof Told, value: string | null): Told {
  return value === null ? {} : { [name]: value };
}

async function tell(
  job: JobPayloads['begin'],
  { head, port, readAt }: Parameters<typeof endOthers>[1],
  tools: BeginTools,
): Promise<void> {
  await createRounds(tools.store.outbox).begin(job, head, tools.review.now());
  await port.report(head, running(tools.redact));
  await endOthers(job, { head, port, readAt }, tools);
}

/**
 * The head to speak on; null where the pull is not open. An event that came late tells of a head that was replaced: where it does
 * not follow what was begun last, the forge is asked, which is only not believed when it shows the head that the event says was
 * replaced (it may lag behind its own events).
 */
async function headNow(job: JobPayloads['begin'], port: RepoPort, tools: BeginTools): Promise<string | null> {
  if (job.head !== null && (await follows(job, tools))) return job.head;
  const { state, head } = await port.pull(job.pull);
  if (state !== 'open') return null;
  return job.head !== null && head.sha === job.before ? job.head : head.sha;
}

/** Whether nothing newer was begun than what the event says it replaced. */
async function follows({ repo, pull, head, before }: JobPayloads['begin'], { store }: BeginTools): Promise<boolean> {
  const newest = (await createRounds(store.outbox).open({ repo, pull })).at(-1);
  const last = newest?.head ?? (await store.pulls.last(repo, pull))?.head ?? null;
  return last === null || last === head || last === before;
}
