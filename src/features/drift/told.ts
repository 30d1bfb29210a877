import { accepted, refused, waits } from '../../gitops/report/answers.ts';
import { driftDone, driftRefused, driftWaits } from '../../gitops/report/command-phrases.ts';
import type { Drift } from '../../model/drift.ts';
import { BorderError } from '../../model/error.ts';
import type { JobPayloads } from '../../model/jobs.ts';
import { boardJob, driftJob } from '../../model/queued.ts';
import type { DriftTools } from './tools.ts';

/** What is to be done about a row, on whose behalf, and with what. */
export interface Doing {
  readonly job: JobPayloads['heal'];
  readonly tools: DriftTools;
  readonly signal: AbortSignal;
}

/** Notes what became of a row, and has the target looked at again. */
export async function told(row: Drift, { job, tools }: Doing, action: string, why = ''): Promise<void> {
  const { store, queue } = tools;
  const { id, repo, target, resource, path } = row;
  await store.transaction(async (tx) => {
    const data = { target, kind: resource.kind, name: resource.name, path, why: tools.redact(why) };
    await store.audit.append(tx, { actor: job.actor, action, subject: id, data });
    for (const next of [driftJob(repo, target, action), boardJob(repo)]) await queue.add(tx, next.job, next);
  });
}

/** It is not done: notes why, and tells whoever asked. */
export async function refuse(row: Drift, doing: Doing, why: string): Promise<void> {
  await reply(row, doing, refused(commandOf(doing), driftRefused(why)));
  await told(row, doing, `${doing.job.how}-refused`, why);
}

/** It is done after all: tells whoever was told that it waits. */
export async function tellDone(row: Drift, doing: Doing): Promise<void> {
  if (doing.job.asked?.isTold === true) await reply(row, doing, accepted(commandOf(doing), driftDone(row)));
}

/** It is not done yet: tells whoever asked, once. */
export async function tellWaits(row: Drift, doing: Doing): Promise<void> {
  if (doing.job.asked?.isTold === false) await reply(row, doing, waits(commandOf(doing), driftWaits(row)));
}

function commandOf({ job }: Doing): string {
  return `${job.how} ${job.drift}`;
}

/** One comment for each asking, edited when there is more to tell. */
async function reply({ repo }: Drift, { job, tools }: Doing, body: string): Promise<void> {
  const { asked, how, drift } = job;
  if (asked === null) return;
  const port = await tools.forge(repo.forge).repo(repo);
  try {
    await port.reply(asked.thread, `${how}-${drift}-${asked.at}`, tools.redact(body));
  } catch (error) {
    // The thread is gone or closed to us: the audit tells it all the same.
    if (!(error instanceof BorderError) || !['not-found', 'forbidden', 'invalid'].includes(error.kind)) throw error;
  }
}
