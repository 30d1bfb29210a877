import type { StoreOptions } from '../opened-store.ts';
import { defaultRetry } from './backoff.ts';
import type { RunnerOptions } from './job-runner.ts';

/** How the jobs of a store are run, with what it was opened without filled in: alike in every database. */
export function runnerOptions(
  options: StoreOptions,
): Pick<RunnerOptions, 'now' | 'random' | 'places' | 'retry' | 'abortable' | 'onFailure' | 'onFault'> {
  const { now, random, concurrency = 4, reviews = 2, retry, abortable = ['review', 'group-review'] } = options;
  return {
    now,
    random,
    places: { total: concurrency, reviews },
    retry: { ...defaultRetry, ...retry },
    abortable,
    onFailure: options.onFailure ?? (() => {}),
    onFault: options.onFault ?? (() => {}),
  };
}
