import { setTimeout as delay } from 'node:timers/promises';
import { BorderError } from '../../model/error.ts';
import type { Pull, RepoPort } from '../../world/forge/forge.ts';
import { isGone } from '../../world/forge/gone.ts';
import type { PullJob, PullTools } from './pull-tools.ts';
import { createRounds } from './rounds.ts';

/** Milliseconds between looks at a pull that the forge does not show yet as the event told of it. */
const waits = [250, 750, 1_500, 2_500];

/** How long until a stale pull is looked at by another try, in milliseconds. */
const nextTry = 10_000;

/**
 * The pull as it is now. An API may lag behind its own events: an older head than the one that was told of, or no pull at all, is not
 * taken at its word at once. After some looks Git is asked which it is. Throws `BorderError` `stale-read` when the forge contradicts itself,
 * `pull-gone` when there is no such pull.
 */
export async function currentPull(job: PullJob, port: RepoPort, tools: PullTools, signal: AbortSignal): Promise<Pull> {
  const older = await olderHeads(job, tools);
  const { pause = sleep } = tools;
  for (const wait of waits) {
    const pull = await readIfThere(port, job.pull);
    if (pull !== null && !isBehind(pull, job, older)) return pull;
    await pause(wait, signal);
  }
  const pull = await port.pull(job.pull);
  if (!isBehind(pull, job, older)) return pull;
  const inGit = await headInGit(job, port, tools, signal);
  if (inGit === pull.head.sha) return pull;
  // It may have been pushed to since it was read.
  const again = await port.pull(job.pull);
  if (again.head.sha === inGit || !isBehind(again, job, older)) return again;
  throw stale(job, again, tools);
}

async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal });
}

/** Heads that the pull had before the one of the event, as far as we know. */
async function olderHeads(job: PullJob, { store }: PullTools): Promise<ReadonlySet<string>> {
  if (job.head === undefined) return new Set();
  const last = await store.pulls.last(job.repo, job.pull);
  const open = (await createRounds(store.outbox).open(job)).map(({ head }) => head);
  const known = [job.before, last?.head, ...open];
  return new Set(known.flatMap((head) => (head === undefined || head === job.head ? [] : [head])));
}

function isBehind({ state, head }: Pull, job: PullJob, older: ReadonlySet<string>): boolean {
  return state === 'open' && head.sha !== job.head && older.has(head.sha);
}

/** A pull; null where there is none, or none yet. */
export async function readIfThere(port: RepoPort, pull: number): Promise<Pull | null> {
  try {
    return await port.pull(pull);
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** The head of a pull as Git has it, which the forge moves before it tells of anything. */
export async function headInGit(
  job: Pick<PullJob, 'repo' | 'pull'>,
  port: RepoPort,
  tools: Pick<PullTools, 'mirror'>,
  signal: AbortSignal,
): Promise<string> {
  const repository = await tools.mirror(job.repo);
  const { url, header, pullRefs } = await port.gitRemote();
  const ref = pullRefs(job.pull).head;
  await repository.fetch({ url, header, refs: [ref] }, signal);
  return repository.resolve(ref, signal);
}

function stale(job: PullJob, { head }: Pull, tools: PullTools): BorderError {
  const subject = `${job.repo.fullName}#${job.pull}`;
  return new BorderError({
    ...{ code: 'stale-read', kind: 'unavailable', status: 200, subject },
    retryAt: new Date(tools.review.now().getTime() + nextTry),
    message: `The forge still shows ${head.sha.slice(0, 12)} as the head of ${subject}, which is not its head any more.`,
    remedy: 'Nothing to do: it is looked at again.',
  });
}
