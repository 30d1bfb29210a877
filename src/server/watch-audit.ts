import type { AuditEntry } from '../model/audit.ts';
import type { Store, Tx } from '../world/store/store.ts';

/** A store that tells of every audit row once it stands: what was rolled back did not happen. The audit is what happened. */
export function watchAudit(store: Store, onEntry: (entry: AuditEntry) => void): Store {
  const pending = new WeakMap<Tx, AuditEntry[]>();
  return {
    ...store,
    transaction: async (work, ...rest) => {
      const entries: AuditEntry[] = [];
      const result = await store.transaction(
        (tx) => {
          // Work that is tried again begins anew.
          entries.length = 0;
          pending.set(tx, entries);
          return work(tx);
        },
        ...rest,
      );
      entries.forEach(onEntry);
      return result;
    },
    audit: {
      ...store.audit,
      append: async (tx, entry) => {
        const row = await store.audit.append(tx, entry);
        const entries = tx === null ? undefined : pending.get(tx);
        if (entries === undefined) onEntry(entry);
        else entries.push(entry);
        return row;
      },
    },
  };
}
