import type { Drift } from '../../model/drift.ts';
import { BorderError, FairleadError } from '../../model/error.ts';
import type { JobPayloads } from '../../model/jobs.ts';
import { healJob } from '../../model/queued.ts';
import { adopt } from './adopt.ts';
import { baselineOf, isUnderWay } from './baseline.ts';
import { busy, heal } from './heal.ts';
import { type Doing, refuse, tellWaits } from './told.ts';
import type { DriftTools } from './tools.ts';

/** How soon a target that is being deployed is looked at again for who asked, and for how long, in milliseconds. */
const [lookAgain, longestWait] = [10_000, 2 * 3_600_000];

/** Time after the asking after which another try is not waited for, in milliseconds: a little less than the queue goes on trying. */
const longestTrying = 10 * 60_000;

/**
 * Puts a drifted object back, or opens the pull that writes its live value to Git. May run twice. Who asked for it was told that it
 * is done, so whatever comes of it is waited for or told. Throws what is worth another try.
 */
export async function putRight(job: JobPayloads['heal'], tools: DriftTools, signal: AbortSignal): Promise<void> {
  const row = await tools.store.drift.get(job.drift);
  if (row === null || row.resolvedAt !== null) return;
  const doing = { job, tools, signal };
  try {
    await carryOut(row, doing);
  } catch (error) {
    if (signal.aborted || !(error instanceof FairleadError)) throw error;
    await giveWay(row, error, doing);
  }
}

async function carryOut(row: Drift, doing: Doing): Promise<void> {
  const { job, tools, signal } = doing;
  const { actor, how, asked } = job;
  if (asked !== null && (await isUnderWay(row.repo, row.target, tools))) throw busy(row);
  const baseline = await baselineOf(row.repo, row.target, tools, signal);
  if (baseline === null) return decline(row, doing, nothingKnown);
  if (baseline.inForce.settings.mode === 'observe') return decline(row, doing, observes);
  if (actor === 'fairlead' && (await isPaused(row, tools))) return;
  await (how === 'adopt' ? adopt : heal)(row, baseline, doing);
}

const nothingKnown = 'Git has the target no more, or nothing was deployed there yet.';

const observes = 'The mode is `observe` now: nothing is healed or adopted.';

/** What nobody asked for is looked at again anyway, once it can be put right. */
async function decline(row: Drift, doing: Doing, why: string): Promise<void> {
  if (doing.job.asked !== null) await refuse(row, doing, why);
}

async function isPaused({ repo, environment }: Drift, { store }: DriftTools): Promise<boolean> {
  return (await store.pauses.list(repo)).some(
    (pause) => pause.environment === null || pause.environment === environment,
  );
}

/** A target that is busy is waited for; what another try may change is tried again; everything else is told. */
async function giveWay(row: Drift, error: FairleadError, doing: Doing): Promise<void> {
  const { asked } = doing.job;
  const age = asked === null ? 0 : doing.tools.now().getTime() - Date.parse(asked.at);
  const isBusy = error.code === busy(row).code;
  if (isBusy && asked !== null && age < longestWait) return wait(row, doing);
  if (isBusy ? asked === null : isPassing(error) && age < longestTrying) throw error;
  await refuse(row, doing, `${error.message} ${isBusy ? askAgain : error.remedy}`);
}

const askAgain = 'Ask again when that has ended.';

function isPassing(error: FairleadError): boolean {
  return error instanceof BorderError && ['unavailable', 'limited', 'unauthorized'].includes(error.kind);
}

async function wait(row: Drift, doing: Doing): Promise<void> {
  const { job, tools } = doing;
  await tellWaits(row, doing);
  const runAt = new Date(tools.now().getTime() + lookAgain);
  const asked = job.asked === null ? null : { ...job.asked, isTold: true };
  const { job: next, ...options } = healJob(row.repo, { ...job, asked }, runAt);
  await tools.queue.add(null, next, options);
}
