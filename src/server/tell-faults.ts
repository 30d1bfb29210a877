import type { StoreOptions } from '../world/store/opened-store.ts';
import { errorFacts } from './assemble.ts';
import { jobFields, type Watch } from './watch-jobs.ts';

/** A fault that goes on is told again after so many milliseconds. */
const again = 60_000;

/** What the queue tells of faults, for log and figures. */
export type FaultTellers = Required<Pick<StoreOptions, 'onFailure' | 'onFault'>>;

/**
 * Tells each fault once at the level of an error: a job when it is given up, the queue when it begins to fail. What is tried again
 * is a warning, and a fault that goes on is told now and then.
 */
export function createFaultTellers(
  { log: { logger }, meter }: Pick<Watch, 'log' | 'meter'>,
  redact: (text: string) => string,
): FaultTellers {
  let told = { text: '', at: Number.NEGATIVE_INFINITY };
  return {
    onFailure: (job, error, attempt, dead) => {
      if (dead) meter.count('fairlead_dead_jobs_total', { kind: job.kind });
      const facts = { ...jobFields(job), attempt, dead, ...errorFacts(error, redact) };
      logger[dead ? 'error' : 'warn'](facts, dead ? 'job given up' : 'job failed, it is tried again');
    },
    onFault: (error) => {
      const facts = errorFacts(error, redact);
      const text = facts['code'] ?? facts['message'] ?? '';
      const now = performance.now();
      if (text === told.text && now - told.at < again) return logger.debug(facts, 'queue fails still');
      told = { text, at: now };
      logger.error(facts, 'queue failed');
    },
  };
}
