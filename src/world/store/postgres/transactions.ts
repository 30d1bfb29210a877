import { type Kysely, sql } from 'kysely';
import type { Transactions } from '../sql/access.ts';
import type { Tables } from '../sql/tables.ts';
import type { TransactionKind } from '../store.ts';
import { failed, isWorthAnother, restore } from './faults.ts';

/** Names the lock of transactions among the advisory locks of the database; a number nobody else is likely to use. */
const lock = 0x6661_6972;

/** How often a transaction that the database gave up is done in all. */
const tries = 6;

export interface TransactionOptions {
  readonly address: string;
  /** 0 up to 1, so that those that were in each other's way do not meet again. */
  readonly random: () => number;
  /** Open at once that run beside others; the rest waits in line for its turn. */
  readonly places: number;
  /** How long one may wait in line, in milliseconds. */
  readonly patience: number;
}

type Work<T> = (trx: Kysely<Tables>) => Promise<T>;

/**
 * Transactions of many processes on one database. They run one after another, over all processes: each takes one lock of the
 * database first, and every statement sees what was committed before it (READ COMMITTED). Serializable isolation would let them run
 * at once and make most of them again: they all meet at the end of the audit. In a process they wait in line for the one connection
 * that waits for the lock, so that the others stay free for what runs beside them.
 */
export function createTransactions(
  db: Kysely<Tables>,
  options: TransactionOptions,
): Transactions & {
  /** Waits for those that run or are in line. */
  readonly settled: () => Promise<void>;
} {
  const lines = { alone: createLine({ ...options, places: 1 }), beside: createLine(options) };
  const enter = async (trx: Kysely<Tables>): Promise<void> => {
    await sql`select pg_advisory_xact_lock(${sql.lit(lock)})`.execute(trx);
  };
  const entering =
    <T>(work: Work<T>): Work<T> =>
    async (trx) => {
      await enter(trx);
      return work(trx);
    };
  const running = new Set<Promise<unknown>>();
  const runInLine = async <T>(work: Work<T>, how: TransactionKind): Promise<T> => {
    const leave = await lines[how]();
    try {
      return await runOften(db, how === 'alone' ? entering(work) : work, options);
    } finally {
      leave();
    }
  };
  return {
    run: (work, how) => {
      const run = runInLine(work, how);
      running.add(run);
      return run.finally(() => running.delete(run));
    },
    enter,
    settled: async () => void (await Promise.allSettled(running)),
  };
}

async function runOften<T>(db: Kysely<Tables>, work: Work<T>, options: TransactionOptions): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction().setIsolationLevel('read committed').execute(work);
    } catch (error) {
      await beforeNext(attempt, error, options);
    }
  }
}

/** Waits until it is worth another try, or throws. */
async function beforeNext(
  attempt: number,
  error: unknown,
  { address, random }: Pick<TransactionOptions, 'address' | 'random'>,
): Promise<void> {
  if (isAborted(error)) throw restore(address, error);
  if (attempt === tries || !isWorthAnother(error, attempt)) throw error;
  const wait = 5 * 2 ** attempt * (0.5 + random());
  await new Promise((resolve) => setTimeout(resolve, wait));
}

/** Kysely's word for a transaction that was to be committed although a statement in it had failed. */
function isAborted(error: unknown): boolean {
  return error instanceof Error && error.constructor.name === 'AbortedTransactionError';
}

/** Lets so many through at once, in the order they came. Gives what makes room for the next. */
function createLine({ address, places, patience }: Omit<TransactionOptions, 'random'>): () => Promise<() => void> {
  const waiting: (() => void)[] = [];
  let free = places;
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return async () => {
    if (free > 0) {
      free -= 1;
      return leave;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      waiting.splice(waiting.indexOf(resolve), 1);
      const why = `${waiting.length + 1} transactions wait, this one for ${patience / 1_000} s`;
      reject(failed(address, { why, remedy: 'Look at the load of the database, and for what holds its locks.' }));
    }, patience);
    waiting.push(resolve);
    await promise.finally(() => clearTimeout(timer));
    return leave;
  };
}
