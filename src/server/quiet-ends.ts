import type { FairleadError } from '../model/error.ts';
import type { Job, JobKind } from '../model/jobs.ts';
import { isGone } from '../world/forge/gone.ts';
import type { Handler, Queue } from '../world/store/queue.ts';

/**
 * The queue, on which work for a pull or repository that is not there any more ends at once, instead of being tried for a day.
 * `onGone` hears of it.
 */
export function endQuietly(queue: Queue, onGone: (job: Job, error: FairleadError) => void): Queue {
  const work = <K extends JobKind>(kind: K, handler: Handler<K>): void =>
    queue.work<K>(kind, async (job, signal) => {
      try {
        await handler(job, signal);
      } catch (error) {
        if (!isGone(error)) throw error;
        onGone(job, error);
      }
    });
  return new Proxy(queue, {
    get: (target, name) => {
      if (name === 'work') return work;
      const own: unknown = Reflect.get(target, name, target);
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
}
