import type { JobKind } from '../model/jobs.ts';
import { type Urgency, withUrgency } from '../world/forge/calls/urgency.ts';
import type { Handler, Queue } from '../world/store/queue.ts';

/**
 * How urgent the calls of a job are when a forge's limit runs low: what deploys, takes back or answers a person may use the reserve;
 * reviews and looks around wait.
 */
const urgencies: Readonly<Record<JobKind, Urgency>> = {
  ingest: 'ordinary',
  begin: 'ordinary',
  review: 'ordinary',
  group: 'ordinary',
  'group-review': 'ordinary',
  look: 'ordinary',
  resync: 'ordinary',
  branch: 'ordinary',
  check: 'ordinary',
  drift: 'ordinary',
  sweep: 'ordinary',
  board: 'ordinary',
  merged: 'urgent',
  deploy: 'urgent',
  redeploy: 'urgent',
  revert: 'urgent',
  ended: 'urgent',
  heal: 'urgent',
  command: 'urgent',
  tell: 'urgent',
  dead: 'urgent',
};

/** The same queue, whose handlers call forges as urgently as their kind of job is. */
export function rankCalls(queue: Queue): Queue {
  const work: Queue['work'] = <K extends JobKind>(kind: K, handler: Handler<K>): void =>
    queue.work(kind, (job, signal) => withUrgency(urgencies[kind], () => handler(job, signal)));
  return new Proxy(queue, {
    get: (target, name) => {
      if (name === 'work') return work;
      const found: unknown = Reflect.get(target, name, target);
      // A class with fields of its own must be asked as itself.
      return typeof found === 'function' ? found.bind(target) : found;
    },
  });
}
