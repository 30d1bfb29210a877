import { setTimeout as delay } from 'node:timers/promises';
import {
  type DatabaseRequest,
  describeFault,
  openConnection,
  type StatementResult,
  usualBusyMs,
} from './connection.ts';
import type { Database } from './database.ts';
import { restore } from './faults.ts';

/** SQLite's code for a database that another connection writes to. */
const busy = 5;

/** The server's own connection copies the log much sooner; this one only where that one cannot keep up. */
const checkpointPages = 16_000;

/** How long to wait before the next try while another connection writes, in milliseconds: about as long as it takes a commit. */
const pause = 2;

/**
 * Opens a database on the calling thread, for one that does little else: each statement is done before it returns. While another
 * connection writes, the thread goes on with other work. Throws `FairleadError` `store-failed`.
 */
export function openDatabaseHere(path: string): Database {
  const answer = tellFaults(path, () =>
    openConnection({ path, readOnly: false, lock: null, busyMs: 0, checkpointPages }),
  );
  const ask = async (request: DatabaseRequest): Promise<StatementResult> => {
    for (const end = performance.now() + usualBusyMs; ; ) {
      try {
        return answer(request);
      } catch (error) {
        const fault = describeFault(error);
        if (fault.code !== busy || performance.now() > end) throw restore(path, fault);
      }
      await delay(pause);
    }
  };
  let closing: Promise<void> | null = null;
  return {
    run: (sql, parameters) => ask({ kind: 'run', sql, parameters }),
    rollback: async () => void (await ask({ kind: 'rollback' })),
    isInTransaction: async () => (await ask({ kind: 'in-transaction' })).changes === 1,
    close: () => {
      closing ??= ask({ kind: 'close' }).then(() => undefined);
      return closing;
    },
    // No thread of its own that could end before this one.
    broken: Promise.withResolvers<never>().promise,
  };
}

function tellFaults<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw restore(path, describeFault(error));
  }
}
