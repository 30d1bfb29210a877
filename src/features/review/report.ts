import { BorderError } from '../../model/error.ts';
import { repoKey } from '../../model/repo.ts';
import type { CheckReport, Pull, RepoPort } from '../../world/forge/forge.ts';
import { isFinal, isRefused } from '../../world/forge/refused.ts';
import { ended, superseded } from './pull-check.ts';
import type { PullJob, PullTools } from './pull-tools.ts';
import { createRounds } from './rounds.ts';

/** One pull as it was read, and the way to it. */
export interface Seen {
  readonly job: PullJob;
  readonly pull: Pull;
  readonly port: RepoPort;
}

/** Writes the check. Where we may not, that is no reason to review nothing: gives why, for the comment. */
export async function report(check: CheckReport, { job, pull, port }: Seen, tools: PullTools): Promise<string | null> {
  const { sha } = pull.head;
  const rounds = createRounds(tools.store.outbox);
  try {
    if (check.state === 'running') await rounds.begin(job, sha, tools.review.now());
    await port.report(sha, await withStatus(check, { branch: pull.base.ref, port }, tools));
    if (check.state === 'done') await rounds.end(job, sha);
    return null;
  } catch (error) {
    if (!(error instanceof BorderError) || !isRefused(error)) throw error;
    await rounds.end(job, sha);
    tools.onUnreported(job, error);
    if (check.state === 'done') await keepRefusal(error, { job, head: sha }, tools);
    return `${error.message}. ${error.remedy}`;
  }
}

async function keepRefusal(
  { code, subject }: BorderError,
  { job, head }: { readonly job: PullJob; readonly head: string },
  { store }: PullTools,
): Promise<void> {
  const row = { actor: 'fairlead', action: 'check-refused', subject: `${repoKey(job.repo)}#${job.pull}` };
  await store.audit.append(null, { ...row, data: { head, code, about: subject } });
}

/** A finished check is said as a commit status as well where the branch asks for one. */
export async function withStatus(
  check: CheckReport,
  { branch, port }: { readonly branch: string; readonly port: RepoPort },
  { asksStatus }: Pick<PullTools, 'asksStatus'>,
): Promise<CheckReport> {
  if (check.state !== 'done' || asksStatus === undefined || !(await asksStatus(port, branch))) return check;
  return { ...check, status: true };
}

/** Begins to say what the review does: that it runs, and that heads it replaced are not looked at any more. */
export async function reportBegun(
  check: CheckReport,
  seen: Seen & { readonly readAt: Date },
  tools: PullTools,
): Promise<string | null> {
  const unreported = await report({ ...check, yields: true }, seen, tools);
  await endOthers(seen.job, { head: seen.pull.head.sha, port: seen.port, readAt: seen.readAt }, tools);
  return unreported;
}

/**
 * Ends the checks of heads that this one replaced. What the forge does not take now is tried with the next head or review. What was
 * begun since the pull was read (`readAt`) is not older: the pull was pushed to meanwhile.
 */
export async function endOthers(
  place: Pick<PullJob, 'repo' | 'pull'>,
  { head, port, readAt }: { readonly head: string; readonly port: RepoPort; readonly readAt: Date },
  tools: Telling,
): Promise<void> {
  const open = await createRounds(tools.store.outbox).open(place);
  for (const { head: old, at } of open) {
    if (old === head || at > readAt) continue;
    const failure = await end(place, { head: old, port, check: superseded(head, tools.redact) }, tools);
    if (failure !== null) tools.onUnreported(place, failure);
  }
}

/** A pull that is not open any more leaves no check running behind. */
export async function endRounds({ job, pull, port }: Seen, tools: Telling): Promise<void> {
  for (const { head } of await createRounds(tools.store.outbox).open(job)) {
    const failure = await end(job, { head, port, check: ended(pull.state, tools.redact) }, tools);
    if (failure !== null && !isFinal(failure)) throw failure;
  }
}

type Telling = Pick<PullTools, 'redact' | 'onUnreported'> & { readonly store: Pick<PullTools['store'], 'outbox'> };

/** Ends the check of a head; what kept it from that, when the forge did not take it. */
async function end(
  place: Pick<PullJob, 'repo' | 'pull'>,
  { head, port, check }: { readonly head: string; readonly port: RepoPort; readonly check: CheckReport },
  { store }: Telling,
): Promise<BorderError | null> {
  const failure = await port.report(head, check).then(
    () => null,
    (error: unknown) => error,
  );
  if (failure !== null && !(failure instanceof BorderError)) throw failure;
  if (failure === null || isFinal(failure)) await createRounds(store.outbox).end(place, head);
  return failure;
}
