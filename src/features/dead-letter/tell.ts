import { deadLetterText, deadLetterTitle } from '../../gitops/report/dead-letter.ts';
import { BorderError } from '../../model/error.ts';
import type { JobPayloads } from '../../model/jobs.ts';
import type { Redacted } from '../../model/redacted.ts';
import type { RepoRef } from '../../model/repo.ts';
import type { CheckReport, Forge, RepoPort } from '../../world/forge/forge.ts';
import { isFinal } from '../../world/forge/refused.ts';
import type { Queue } from '../../world/store/queue.ts';
import type { Store } from '../../world/store/store.ts';

/** What telling of given-up work needs. */
export interface DeadLetterTools {
  readonly forge: (name: string) => Forge;
  readonly store: Pick<Store, 'deployments'>;
  readonly redact: (text: string) => Redacted;
  /** Key of the comment a review is told in, and name of its check. */
  readonly review: {
    readonly comment: string;
    readonly check: string;
    /** Forgets that the check of a merge group was begun: it is ended. */
    readonly groupEnded: (repo: RepoRef, head: string) => Promise<void>;
  };
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
    case 'group':
      return tellGroup(dead, place, tools);
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
  await reportIfTaken(port, pull.head.sha, { ...check, title, summary: body, annotations: [] });
}

/** A group has no comment. Its check fails: left open it would hold the queue, and passed it would let through what nobody saw. */
async function tellGroup(
  dead: Dead,
  { repo, head }: Extract<Dead['place'], { kind: 'group' }>,
  { forge, redact, review }: DeadLetterTools,
): Promise<void> {
  const port = await forge(repo.forge).repo(repo);
  const texts = { title: redact(deadLetterTitle(dead)), summary: redact(deadLetterText(dead)) };
  const check = { name: review.check, state: 'done', conclusion: 'failure', annotations: [] } as const;
  await reportIfTaken(port, head, { ...check, ...texts });
  await review.groupEnded(repo, head);
}

/** Where the forge takes no check, the comment alone says it. */
async function reportIfTaken(port: RepoPort, head: string, check: CheckReport): Promise<void> {
  try {
    await port.report(head, check);
  } catch (error) {
    if (!(error instanceof BorderError) || !isFinal(error)) throw error;
  }
}

async function remark(dead: Dead, repo: RepoRef, pulls: readonly number[], tools: DeadLetterTools): Promise<void> {
  const port = await tools.forge(repo.forge).repo(repo);
  const body = tools.redact(deadLetterText(dead));
  for (const pull of pulls) await port.ensureComment(pull, `given-up-${dead.of}`, body, null);
}
