import { FairleadError } from '../../../model/error.ts';
import type { CommitSharing } from '../sql/access.ts';
import type { Database } from './database.ts';

/** Transactions of a group, and its age in milliseconds, from which on it is committed before the next one begins. */
const most = { members: 32, ageMs: 10 };

interface Group {
  /** What wrote in it and is done: transactions, and statements by themselves. */
  members: number;
  readonly begunAt: number;
  /** Fulfilled when all its members wrote is on the disk; rejected when none of it is. */
  readonly durable: PromiseWithResolvers<void>;
}

/**
 * Group commit: transactions that wait for each other share one commit, and so one wait for the disk. Each is a savepoint of the
 * same SQLite transaction; none is told of as done before the commit they share. A lone one costs what it did without.
 * (Gray and Reuter, Transaction Processing, 1992, section 9.3.)
 *
 * All methods but `enter`, `leave` and `isOwed` are called by the driver, by whoever holds the one connection.
 */
export class CommitGroup implements CommitSharing {
  readonly #database: Database;
  /** Who wants the connection, or has it. */
  #wanting = 0;
  #group: Group | null = null;
  /** Of the group in which the connection was used last. */
  #last: Promise<void> = Promise.resolve();
  /** Within a transaction of a caller; null outside of one, and `lost` when SQLite gave it up. */
  #open: 'first' | 'savepoint' | 'lost' | null = null;

  constructor(database: Database) {
    this.#database = database;
  }

  enter(): void {
    this.#wanting += 1;
  }

  leave(): Promise<void> {
    this.#wanting -= 1;
    return this.#last;
  }

  isOwed(): boolean {
    return this.#wanting === 0 && this.#group !== null;
  }

  /** The connection was given to somebody. */
  async acquired(): Promise<void> {
    const group = this.#group;
    const isFull = group !== null && (group.members >= most.members || performance.now() - group.begunAt >= most.ageMs);
    // Why it failed is told to its members; what comes now begins anew.
    if (isFull) await this.commit().catch(() => undefined);
  }

  async begin(): Promise<void> {
    if (this.#group === null) await this.#begin();
    const isFirst = this.#group?.members === 0;
    if (!isFirst) await this.#run('savepoint member');
    this.#open = isFirst ? 'first' : 'savepoint';
  }

  /** A statement of whoever holds the connection. */
  async run(...[sql, parameters]: Parameters<Database['run']>): ReturnType<Database['run']> {
    if (this.#open === 'lost') throw this.#lost();
    // Where others wait too, what they write is to share a commit. Who reads keeps nobody else from writing.
    if (this.#group === null && this.#wanting > 1 && !/^select\b/i.test(sql)) await this.#begin();
    try {
      const result = await this.#database.run(sql, parameters);
      if (this.#open === null && this.#group !== null) this.#group.members += 1;
      return result;
    } catch (error) {
      await this.#giveUpIfLost(error);
      throw error;
    }
  }

  /** The caller's transaction is done; it is durable when what `leave` gives is fulfilled. */
  async end(): Promise<void> {
    if (this.#open === 'lost') throw this.#lost();
    if (this.#open === 'savepoint') await this.#run('release member');
    this.#open = null;
    if (this.#group !== null) this.#group.members += 1;
  }

  async rollback(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    if (open === 'savepoint') {
      await this.#run('rollback to member');
      await this.#run('release member');
    }
    if (open === 'first') {
      this.#group?.durable.resolve();
      this.#group = null;
      await this.#database.rollback();
    }
  }

  /** The connection is given back: the commit is now when nobody is there to share it with. Never throws. */
  async released(): Promise<void> {
    this.#last = this.#group?.durable.promise ?? Promise.resolve();
    if (this.#wanting <= 1) await this.commit().catch(() => undefined);
  }

  /** Commits what the group wrote. Throws what its members are told. */
  async commit(): Promise<void> {
    const group = this.#group;
    if (group === null) return;
    this.#group = null;
    try {
      await this.#database.run('commit', []);
      group.durable.resolve();
    } catch (error) {
      group.durable.reject(error);
      await this.#database.rollback().catch(() => undefined); // a database that is gone has rolled back
      throw error;
    }
  }

  async #begin(): Promise<void> {
    // Immediate: one that becomes a writer only later could be refused in the middle.
    await this.#database.run('begin immediate', []);
    const durable = Promise.withResolvers<void>();
    // A group that nobody wrote in may fail unheard.
    durable.promise.catch(() => undefined);
    this.#group = { members: 0, begunAt: performance.now(), durable };
  }

  async #run(sql: string): Promise<void> {
    try {
      await this.#database.run(sql, []);
    } catch (error) {
      await this.#giveUpIfLost(error);
      throw error;
    }
  }

  /** A full disk and the like undo the whole SQLite transaction, not the statement alone: then nothing of the group is kept. */
  async #giveUpIfLost(error: unknown): Promise<void> {
    const group = this.#group;
    if (group === null || (await this.#database.isInTransaction().catch(() => false))) return;
    this.#group = null;
    this.#last = group.durable.promise;
    group.durable.reject(error);
    if (this.#open !== null) this.#open = 'lost';
  }

  #lost(): FairleadError {
    return new FairleadError({
      code: 'store-failed',
      subject: 'transaction',
      message: 'the store gave up the transaction before this statement: nothing of it was written',
      remedy: 'Look in the log for the failure before this one, then try again.',
    });
  }
}
