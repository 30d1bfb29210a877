import { FairleadError } from '../../../model/error.ts';

/**
 * Whether a transaction can be done again that came to nothing: the database gave it up for a deadlock or for others that were in
 * its way; or, once, since its connection was to a database that was read-only, which another connection need not be.
 */
export function isWorthAnother(error: unknown, attempt: number): boolean {
  const code = error instanceof FairleadError ? codeOf(error.cause) : null;
  return code === '40001' || code === '40P01' || (code === '25006' && attempt === 1);
}

/**
 * What an error means for the connection it came on. `lost`: it is of no use any more. `stale`: nor are those that were made
 * before it, such as all of them when the network was cut, or when a primary became a standby.
 */
export function connectionAfter(error: unknown): 'sound' | 'lost' | 'stale' {
  const code = codeOf(error);
  if (code === null) return 'stale';
  if (code === '25006') return 'stale';
  // Connection exceptions, operator intervention (but for a cancelled statement), and a session that was ended for its idleness.
  const isEnded = code.startsWith('08') || (code.startsWith('57') && code !== '57014') || code === '25P03';
  return isEnded || !isSqlState(code) ? 'lost' : 'sound';
}

/** The domain error, `store-failed`, of what `pg` threw. PostgreSQL's messages name tables and constraints; values are in its details. */
export function restore(address: string, error: unknown): FairleadError {
  if (error instanceof FairleadError) return error;
  const { message } = factsOf(error);
  const code = codeOf(error);
  const why = typeof message === 'string' && message !== '' ? message : (code ?? String(error));
  return failed(address, { why, remedy: remedyFor(code), cause: error });
}

/** `store-failed`: the database cannot do what it was asked. */
export function failed(
  address: string,
  { why, remedy, cause }: { readonly why: string; readonly remedy: string; readonly cause?: unknown },
): FairleadError {
  const message = `the store ${address} failed: ${why}`;
  return new FairleadError({ code: 'store-failed', subject: address, message, remedy, cause });
}

/** An SQLSTATE, the code of a system call, or null where there was no answer at all. */
function codeOf(error: unknown): string | null {
  const { code, errors } = factsOf(error);
  if (typeof code === 'string') return code;
  // Of several addresses that were tried, the first.
  return Array.isArray(errors) ? codeOf(errors[0]) : null;
}

/** By its shape: `pg` passes on what Node threw, which under a test runner is of another realm. */
function factsOf(error: unknown): { readonly code?: unknown; readonly message?: unknown; readonly errors?: unknown } {
  return typeof error === 'object' && error !== null ? error : {};
}

function isSqlState(code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('E');
}

function remedyFor(code: string | null): string {
  if (code === null) return silent;
  return remedies.get(code) ?? remedies.get(code.slice(0, 2)) ?? (isSqlState(code) ? unknown : unreachable);
}

const unknown = 'Try again; report it when it happens each time.';
const silent = 'Look whether the database still answers, and the network to it; Fairlead connects anew by itself.';
const unreachable =
  'Look whether the database runs and can be reached at this address; Fairlead connects anew by itself.';

/** By SQLSTATE or its class (PostgreSQL's manual, appendix A). */
const remedies: ReadonlyMap<string, string> = new Map([
  ['08', silent],
  ['25006', 'The database is read-only: connect to the primary, or turn default_transaction_read_only off.'],
  ['25P03', 'The transaction stood still for too long: look for a process that has no processor time.'],
  ['28', 'Check user and password in DATABASE_URL, and pg_hba.conf of the server.'],
  ['3D000', 'Make the database first: createdb.'],
  ['42501', 'Let the user of DATABASE_URL create schemas in the database, and own what Fairlead made there.'],
  ['53100', 'The disk of the database is full: make room.'],
  ['53300', 'The database has too many connections: raise max_connections, or start fewer replicas.'],
  [
    '57014',
    'It took too long: look for a transaction that holds locks (pg_stat_activity), and the load of the database.',
  ],
  ['57', 'The database is going down or coming up; Fairlead connects anew by itself.'],
  ['XX', 'The database has an internal fault: look in its log.'],
]);
