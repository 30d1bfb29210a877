import { FairleadError } from '../../../model/error.ts';
import type { DatabaseFault } from './connection.ts';

/** The domain error of a fault of the database's thread. */
export function restore(path: string, fault: DatabaseFault): FairleadError {
  if (fault.heldBy !== null) return locked(path, fault.heldBy);
  return failed(path, fault.message, remedies.get(fault.code) ?? 'Try again; report it when it happens each time.');
}

/** `store-failed`: the database at the path cannot do what it was asked. */
export function failed(path: string, why: string, remedy: string, cause?: unknown): FairleadError {
  return new FairleadError({
    code: 'store-failed',
    subject: path,
    message: `the store ${path} failed: ${why}`,
    remedy,
    cause,
  });
}

function locked(path: string, heldBy: { readonly pid: number; readonly holder: string }): FairleadError {
  const who = heldBy.pid === 0 ? 'another process' : `process ${heldBy.pid} on ${heldBy.holder}`;
  return new FairleadError({
    code: 'store-locked',
    subject: path,
    message: `the store ${path} is in use by another Fairlead server, ${who}`,
    remedy: 'Stop that server first, or give this one a data folder of its own.',
  });
}

/** By SQLite's primary result codes. */
const remedies: ReadonlyMap<number, string> = new Map([
  [5, 'Another process writes to it for too long: look for a second server or a backup that runs.'],
  [8, 'Let the user Fairlead runs as write to the file and its folder.'],
  [10, 'The disk or volume answers with errors: check it before starting again.'],
  [11, 'The file is damaged: stop Fairlead and restore it from a backup.'],
  [13, 'The disk is full: make room.'],
  [14, 'Check that the folder exists and that the user Fairlead runs as may write to it.'],
  [26, 'The file is no SQLite database: give another path, or restore it from a backup.'],
]);
