import type { TargetHealth } from '../../model/health.ts';
import type { Json } from '../../model/json.ts';
import type { EngineWork } from '../engine.ts';
import { readJournal } from './journal.ts';
import { type CarryOptions, openRun } from './run.ts';

/** How what Git wants of the target fares now. */
export async function readStatus(
  options: CarryOptions,
  work: EngineWork,
  given: Json,
  signal: AbortSignal,
): Promise<TargetHealth> {
  const { pairs } = await openRun(options, work, signal);
  const journal = readJournal(given, work.commit);
  const startedAt = journal === null ? null : new Date(journal.startedAt);
  const resources = pairs.flatMap(({ head }) => (head === null ? [] : [head.resource]));
  return options.health({ resources, failedBefore: work.failedBefore ?? [], startedAt, now: options.now() }, signal);
}
