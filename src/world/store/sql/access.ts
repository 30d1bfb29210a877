import { AsyncLocalStorage } from 'node:async_hooks';
import type { Kysely } from 'kysely';
import { FairleadError } from '../../../model/error.ts';
import type { TransactionKind, Tx } from '../store.ts';
import type { Tables } from './tables.ts';

/** How the parts of a store reach its database. */
export interface Access {
  transaction<T>(work: (tx: Tx) => Promise<T>, how?: TransactionKind): Promise<T>;
  /** Reads what is committed; inside a transaction, what that has written too. */
  read<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T>;
  /** Writes in the transaction, or in one of its own when null. */
  write<T>(tx: Tx | null, work: (db: Kysely<Tables>) => Promise<T>): Promise<T>;
  /** As `write`, for work that is a single statement: it is a transaction by itself. */
  writeOne<T>(tx: Tx | null, work: (db: Kysely<Tables>) => Promise<T>): Promise<T>;
  /** As `writeOne`, for rows that no transaction reads in order to decide: the statement waits for no other transaction. */
  writeBeside<T>(tx: Tx | null, work: (db: Kysely<Tables>) => Promise<T>): Promise<T>;
  /** Calls back once the transaction is durable; never when it rolls back. */
  afterCommit(tx: Tx, callback: () => void): void;
}

/** How those who write at the same time share a commit. `enter` comes before the connection is asked for, `leave` after it was given back. */
export interface CommitSharing {
  enter(): void;
  /** Fulfilled when what was written or read in between is durable; rejected when it is not. */
  leave(): Promise<void>;
  /** Whether a commit is due and nobody is left who would make it: using the connection once does. */
  isOwed(): boolean;
}

/** Each commits by itself. */
const unshared: CommitSharing = { enter: () => {}, leave: async () => {}, isOwed: () => false };

/** How a database runs transactions. */
export interface Transactions {
  /** Commits what the work wrote when it resolves; may do the work again when the database asks for it. */
  run<T>(work: (db: Kysely<Tables>) => Promise<T>, how: TransactionKind): Promise<T>;
  /** Lets one that runs beside others go on as if it were alone: waits until no other does. */
  enter(db: Kysely<Tables>): Promise<void>;
}

interface Open {
  readonly db: Kysely<Tables>;
  /** Until it is alone; null while it runs beside others. */
  entered: Promise<void> | null;
  readonly callbacks: (() => void)[];
  isOpen: boolean;
}

export interface AccessOptions {
  readonly path: string;
  readonly readOnly: boolean;
  readonly sharing?: CommitSharing;
  /** Left out: there is one connection, on which transactions run one after another by themselves. */
  readonly transactions?: Transactions;
}

/** Access to a database. With `readOnly` every write is refused: `FairleadError` `store-read-only`. */
export function createAccess(db: Kysely<Tables>, options: AccessOptions): Access {
  const access = new SqlAccess(db, options);
  return {
    transaction: (work, how = 'alone') => access.begin((_open, tx) => work(tx), how),
    read: async (work) => {
      const open = access.inside();
      return open === null ? access.share(work) : work(await access.entered(open));
    },
    write: (tx, work) => access.write(tx, work),
    // Beside other connections a statement by itself would come between those of a transaction.
    writeOne: (tx, work) =>
      options.transactions === undefined ? access.writeBeside(tx, work) : access.write(tx, work),
    writeBeside: (tx, work) => access.writeBeside(tx, work),
    afterCommit: (tx, callback) => void access.given(tx).callbacks.push(callback),
  };
}

type Work<T> = (db: Kysely<Tables>) => Promise<T>;

class SqlAccess {
  readonly #db: Kysely<Tables>;
  readonly #options: AccessOptions;
  readonly #sharing: CommitSharing;
  readonly #engine: Transactions;
  readonly #surrounding = new AsyncLocalStorage<Open>();
  readonly #transactions = new WeakMap<Tx, Open>();

  constructor(db: Kysely<Tables>, options: AccessOptions) {
    this.#db = db;
    this.#options = options;
    this.#sharing = options.sharing ?? unshared;
    this.#engine = options.transactions ?? oneConnection(db);
  }

  /** The transaction around the caller; null outside of one. */
  inside(): Open | null {
    const open = this.#surrounding.getStore();
    return open?.isOpen === true ? open : null;
  }

  given(tx: Tx): Open {
    const open = this.#transactions.get(tx);
    if (open?.isOpen === true) return open;
    throw misused(this.#options.path, 'a transaction was used after its end');
  }

  /** The transaction's connection, once it is alone. */
  async entered(open: Open): Promise<Kysely<Tables>> {
    open.entered ??= this.#engine.enter(open.db);
    await open.entered;
    return open.db;
  }

  async write<T>(tx: Tx | null, work: Work<T>): Promise<T> {
    if (tx !== null) return work(await this.entered(this.given(tx)));
    return this.begin((open) => work(open.db), 'alone');
  }

  async writeBeside<T>(tx: Tx | null, work: Work<T>): Promise<T> {
    if (tx !== null) return work(this.given(tx).db);
    this.#requireOwn();
    return this.share(work);
  }

  share<T>(work: Work<T>): Promise<T> {
    return share(this.#db, this.#sharing, () => work(this.#db));
  }

  async begin<T>(work: (open: Open, tx: Tx) => Promise<T>, how: TransactionKind): Promise<T> {
    this.#requireOwn();
    let callbacks: readonly (() => void)[] = [];
    const transaction = async (db: Kysely<Tables>): Promise<T> => {
      const entered = how === 'alone' ? Promise.resolve() : null;
      const open: Open = { db, entered, callbacks: [], isOpen: true };
      callbacks = open.callbacks;
      // The brand exists for the type checker alone; what it stands for is in the map.
      const tx = Object.freeze({}) as Tx;
      this.#transactions.set(tx, open);
      try {
        return await this.#surrounding.run(open, () => work(open, tx));
      } finally {
        open.isOpen = false;
      }
    };
    const result = await share(this.#db, this.#sharing, () => this.#engine.run(transaction, how));
    for (const callback of callbacks) callback();
    return result;
  }

  #requireOwn(): void {
    const { path, readOnly } = this.#options;
    if (readOnly) throw refused(path);
    // It would wait for a transaction that waits for it.
    if (this.inside() !== null)
      throw misused(path, 'something was written inside a transaction, but not as part of it');
  }
}

function oneConnection(db: Kysely<Tables>): Transactions {
  return { run: (work) => db.transaction().execute(work), enter: async () => {} };
}

/** Works on the connection; what it gives is durable, or it throws. */
async function share<T>(db: Kysely<Tables>, sharing: CommitSharing, work: () => Promise<T>): Promise<T> {
  sharing.enter();
  let result: T;
  try {
    result = await work();
  } catch (error) {
    sharing.leave().catch(() => undefined); // those who wrote are told by theirs
    await settle(db, sharing);
    throw error;
  }
  const durable = sharing.leave();
  durable.catch(() => undefined); // awaited below, but maybe rejected before
  await settle(db, sharing);
  await durable;
  return result;
}

async function settle(db: Kysely<Tables>, sharing: CommitSharing): Promise<void> {
  if (sharing.isOwed()) await db.connection().execute(async () => {});
}

function misused(path: string, what: string): FairleadError {
  return new FairleadError({
    code: 'store-failed',
    subject: path,
    message: `the store ${path} was used wrongly: ${what}`,
    remedy: 'Report it: this is a fault of Fairlead.',
  });
}

function refused(path: string): FairleadError {
  return new FairleadError({
    code: 'store-read-only',
    subject: path,
    message: `the store ${path} is open for reading only`,
    remedy: 'Ask the server to do it, by a command on the pull.',
  });
}
