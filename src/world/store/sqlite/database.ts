import type { SQLInputValue } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import type { FairleadError } from '../../../model/error.ts';
import { workerScript } from '../../../tools/pool.ts';
import type { DatabaseRequest, DatabaseSettings, StatementResult } from './connection.ts';
import type { DatabaseReply } from './database-worker.ts';
import { failed, restore } from './faults.ts';

/** A SQLite database on a thread of its own. Rejects with `FairleadError`: `store-failed`, `store-locked`. */
export interface Database {
  run(sql: string, parameters: readonly SQLInputValue[]): Promise<StatementResult>;
  /** Rolls back what is open; nothing when nothing is. */
  rollback(): Promise<void>;
  isInTransaction(): Promise<boolean>;
  close(): Promise<void>;
  /** Fulfilled, with why, when the thread ended that was not to end; never when the database was closed. */
  readonly broken: Promise<FairleadError>;
}

/** Opens the database. An idle one does not keep the process alive. */
export async function openDatabase(
  settings: DatabaseSettings,
  script: URL = workerScript(import.meta.url, './database-worker'),
): Promise<Database> {
  const thread = new DatabaseThread(settings, script);
  try {
    await thread.opened;
  } catch (error) {
    await thread.terminate();
    throw error;
  }
  return thread;
}

interface Waiting {
  resolve(result: StatementResult): void;
  reject(error: FairleadError): void;
}

/** Rows of a page of deployments take some megabytes; more than this is a fault that must not take the process with it. */
const resourceLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 };

class DatabaseThread implements Database {
  readonly opened: Promise<StatementResult>;
  readonly broken: Promise<FairleadError>;
  readonly #break: (why: FairleadError) => void;
  readonly #path: string;
  readonly #worker: Worker;
  readonly #exit: Promise<void>;
  /** In the order they were asked, which is the order of the answers. */
  readonly #waiting: Waiting[] = [];
  /** Why nothing more can be asked; null while it can. */
  #end: FairleadError | null = null;
  #closing: Promise<void> | null = null;

  constructor(settings: DatabaseSettings, script: URL) {
    const { promise, resolve } = Promise.withResolvers<FairleadError>();
    this.broken = promise;
    this.#break = resolve;
    this.#path = settings.path;
    this.#worker = new Worker(script, { workerData: settings, resourceLimits });
    this.#worker.on('message', (reply: DatabaseReply) => this.#receive(reply));
    this.#worker.on('error', (cause) => this.#die(cause));
    this.#exit = new Promise((resolve) => {
      this.#worker.on('exit', () => {
        this.#die(null);
        resolve();
      });
    });
    this.opened = this.#wait();
  }

  run(sql: string, parameters: readonly SQLInputValue[]): Promise<StatementResult> {
    return this.#ask({ kind: 'run', sql, parameters });
  }

  async rollback(): Promise<void> {
    await this.#ask({ kind: 'rollback' });
  }

  async isInTransaction(): Promise<boolean> {
    return (await this.#ask({ kind: 'in-transaction' })).changes === 1;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  async #close(): Promise<void> {
    if (this.#end !== null) return;
    const closed = this.#ask({ kind: 'close' });
    this.#end = failed(this.#path, 'it is closed', 'Start Fairlead again.');
    this.#worker.ref();
    await closed;
    await this.#exit;
  }

  #ask(request: DatabaseRequest): Promise<StatementResult> {
    if (this.#end !== null) return Promise.reject(this.#end);
    const answer = this.#wait();
    this.#worker.postMessage(request);
    return answer;
  }

  #wait(): Promise<StatementResult> {
    if (this.#waiting.length === 0) this.#worker.ref();
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #receive(reply: DatabaseReply): void {
    const first = this.#waiting.shift();
    if (this.#waiting.length === 0 && this.#end === null) this.#worker.unref();
    if ('result' in reply) first?.resolve(reply.result);
    else first?.reject(restore(this.#path, reply.fault));
  }

  #die(cause: Error | null): void {
    if (this.#end === null) {
      const why = cause === null ? 'its thread ended' : `its thread ended: ${cause.message}`;
      this.#end = failed(this.#path, why, 'Start Fairlead again; what was acknowledged is kept.', cause);
      this.#break(this.#end);
    }
    for (const one of this.#waiting.splice(0)) one.reject(this.#end);
  }
}
