import type { Store } from '../../../src/world/store/store.ts';

/** Places in taking a webhook in where a process can be made to die, once. */
export type Failpoint =
  | 'before insert'
  | 'after insert, before commit'
  | 'after commit, before answer'
  | 'before settling';

/** The store, with a process that kills itself (SIGKILL) when it comes by the failpoint. */
export function withFailpoint(store: Store, failpoint: Failpoint | null): Store {
  if (failpoint === null) return store;
  const passing = (place: Failpoint): void => {
    if (place === failpoint) process.kill(process.pid, 'SIGKILL');
  };
  const inserted = new Set<unknown>();
  return {
    ...store,
    transaction: async (work, how) => {
      let own: unknown = null;
      const result = await store.transaction((tx) => {
        own = tx;
        return work(tx);
      }, how);
      if (inserted.has(own)) passing('after commit, before answer');
      return result;
    },
    deliveries: {
      ...store.deliveries,
      insertAll: async (tx, deliveries) => {
        passing('before insert');
        const fresh = await store.deliveries.insertAll(tx, deliveries);
        inserted.add(tx);
        passing('after insert, before commit');
        return fresh;
      },
      settleAll: (...settled) => {
        passing('before settling');
        return store.deliveries.settleAll(...settled);
      },
    },
  };
}
