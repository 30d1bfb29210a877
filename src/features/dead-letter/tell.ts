import { deadLetterText, deadLetterTitle } from '../../gitops/report/dead-letter.ts';
import type { JobPayloads } from '../../model/jobs.ts';
import type { Redacted } from '../../model/redacted.ts';
import type { RepoRef } from '../../model/repo.ts';
import type { Forge } from '../../world/forge/forge.ts';
import type { Queue } from '../../world/store/queue.ts';
import type { Store } from '../../world/store/store.ts';

/** What telling of given-up work needs. */
export interface DeadLetterTools {
  readonly forge: (name: string) => Forge;
  readonly store: Pick<Store, 'deployments'>;
  readonly redact: (text: string) => Redacted;
  /** Key of the comment a review is told in, and name of its check. */
  readonly review: { readonly comment: string; readonly check: string };
}

type Dead = JobPayloads['dead'];

/** Does the jobs that tell people of work that was given up. */
export function workDeadLetters(queue: Queue, tools: DeadLetterTools): void {
  queue.work('dead', ({ payload }) => tellDead(payload, tools));
}

/** Says once, where people wait for it, that work was given up and what they can do. May run twice: it says the same. */
async function tellDead(dead: Dead, tools: DeadLetterTools): Promise<void> {
  const { place } = dead;
  switch (place.kind) {
    case 'command':
      return answer(dead, place, tools);
    case 'pull':
      return dead.of === 'review' || dead.of === 'begin'
        ? tellReview(dead, place, tools)
        : remark(dead, place.repo, [place.pull], tools);
    case 'deployment': {
      const deployment = await tools.store.deployments.get(place.deployment);
      return deployment === null ? undefined : remark(dead, deployment.repo, deployment.pulls, tools);
    }
    default:
      place satisfies never;
  }
}

async function answer(
  dead: Dead,
  place: Extract<Dead['place'], { kind: 'command' }>,
  tools: DeadLetterTools,
): Promise<void> {
  const port = await tools.forge(place.repo.forge).repo(place.repo);
  if ((await port.comment(place.thread, place.comment)) === null) return;
  await port.reply(place.thread, `command-${place.comment}`, tools.redact(deadLetterText(dead)));
  await port.acknowledge(place.thread, place.comment, 'refused');
}

/** A review is told in its own comment, which the next one overwrites, and in the check. */
async function tellReview(
  dead: Dead,
  place: Extract<Dead['place'], { kind: 'pull' }>,
  tools: DeadLetterTools,
): Promise<void> {
  const port = await tools.forge(place.repo.forge).repo(place.repo);
  const pull = await port.pull(place.pull);
  if (pull.state !== 'open') return;
  const body = tools.redact(deadLetterText(dead));
  await port.ensureComment(place.pull, tools.review.comment, body, null);
  const title = tools.redact(deadLetterTitle(dead));
  const check = { name: tools.review.check, state: 'done', conclusion: 'neutral' } as const;
  await port.report(pull.head.sha, { ...check, title, summary: body, annotations: [] });
}

async function remark(dead: Dead, repo: RepoRef, pulls: readonly number[], tools: DeadLetterTools): Promise<void> {
  const port = await tools.forge(repo.forge).repo(repo);
  const body = tools.redact(deadLetterText(dead));
  for (const pull of pulls) await port.ensureComment(pull, `given-up-${dead.of}`, body, null);
}
