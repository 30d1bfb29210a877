import { closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** The lock belongs to another process. */
export class LockHeld extends Error {
  readonly heldBy: { readonly pid: number; readonly holder: string };

  constructor(heldBy: { readonly pid: number; readonly holder: string }) {
    super(`held by process ${heldBy.pid}`);
    this.heldBy = heldBy;
  }
}

/**
 * Takes the server's lock; gives what releases it. Throws `LockHeld`. The lock is SQLite's write lock on a file of its own: the
 * kernel frees it when its process dies, however it dies, so there is no stale lock to judge. A process id in a text file could
 * not tell a dead server from a new one: in a container both are process 1. While it is held, others can still read who holds it.
 */
export function takeLock(path: string, holder: string): () => void {
  // An existing file is not opened here: closing it would drop the locks this process has on it (POSIX).
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    hold(database);
    database.exec(
      'create table if not exists holder (one integer primary key, pid integer not null, name text not null)',
    );
    database.prepare('insert or replace into holder values (1, ?, ?)').run(process.pid, holder);
    database.exec('commit');
    // Between the two somebody else may be quicker: then the lock is theirs.
    hold(database);
  } catch (error) {
    database.close();
    throw error;
  }
  return () => database.close();
}

function hold(database: DatabaseSync): void {
  try {
    database.exec('begin immediate');
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && Number(error.errcode) === busy)
      throw new LockHeld(read(database));
    throw error;
  }
}

/** SQLITE_BUSY. */
const busy = 5;

function read(database: DatabaseSync): { pid: number; holder: string } {
  try {
    database.exec('pragma busy_timeout = 1000');
    const row = database.prepare('select pid, name from holder where one = 1').get();
    return { pid: Number(row?.['pid'] ?? 0), holder: String(row?.['name'] ?? '') };
  } catch {
    // The holder is in the middle of its first write; that it holds the lock is what matters.
    return { pid: 0, holder: '' };
  }
}
