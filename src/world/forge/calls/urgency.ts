import { AsyncLocalStorage } from 'node:async_hooks';

/** How a call to a forge stands to a budget that runs low: what is urgent may use its reserve, the rest waits. */
export type Urgency = 'urgent' | 'ordinary';

const current = new AsyncLocalStorage<Urgency>();

/** Runs work whose calls to forges are this urgent. */
export function withUrgency<T>(urgency: Urgency, work: () => Promise<T>): Promise<T> {
  return current.run(urgency, work);
}

/** How urgent the present work is: ordinary unless it was said. */
export function urgencyNow(): Urgency {
  return current.getStore() ?? 'ordinary';
}
