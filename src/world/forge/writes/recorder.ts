import { BorderError } from '../../../model/error.ts';
import { isJsonObject, type Json } from '../../../model/json.ts';
import { repoKey } from '../../../model/repo.ts';
import type { Forge, RepoPort } from '../forge.ts';
import { createTurns } from '../github/access.ts';
import { duringWrite, type WriteUnderWay } from './announce.ts';
import { described, outcomeOf, type Write, type WriteName } from './described.ts';

/** Where intents and outcomes are kept; the store's outbox is one. */
export interface WriteLog {
  renew(intent: {
    readonly key: string;
    readonly operation: string;
    readonly subject: string;
    readonly payload: Json;
  }): Promise<Json>;
  finish(key: string, outcome: Json): Promise<void>;
  outcome(key: string): Promise<Json>;
}

/** Intents of writes to forges have keys that begin so. */
export const writePrefix = 'write:';

/** Keys of one process that are remembered as open. */
const mostOpen = 10_000;

/** Records writes. */
export interface Recorder {
  /** The same forge, whose every write is recorded. */
  forge(forge: Forge): Forge;
  /** The same port, whose every write is recorded. */
  port(port: RepoPort): RepoPort;
  /** Brings a write to an end that was left open, while nobody here is at it; null: it is open no more. Gives whether it was. */
  settle(key: string, work: () => Promise<Json | null>): Promise<boolean>;
}

/**
 * Records each write to a forge: its intent before the first request that changes something, its outcome after the last one. What
 * stands already makes no row. A write whose answer was lost stays open until the same write is tried again, by the job that
 * wants it or by `settleWrites`. `open`: keys that a process before this one left open.
 */
export function createRecorder(log: WriteLog, open: readonly string[]): Recorder {
  const left = new Set(open);
  const inTurn = createTurns();
  const record: Record = (key, intent, work) =>
    inTurn(key, async () => {
      const write = new OneWrite(log, { key, ...intent });
      const result = await duringWrite(write, work).catch(async (error: unknown) => {
        if (await failed(log, write, error)) remember(left, key);
        throw error;
      });
      // One that stands already and was never begun costs no row; one that was left open has come to its end.
      if (left.delete(key) || write.isBegun) await log.finish(key, outcomeOf(result));
      return result;
    });
  const port = (of: RepoPort): RepoPort => ({ ...of, ...recordAll(of, record) });
  return {
    port,
    forge: (forge) => ({ ...forge, repo: async (ref) => port(await forge.repo(ref)) }),
    settle: (key, work) =>
      inTurn(key, async () => {
        const outcome = await duringWrite({ announce: async () => {}, known: () => log.outcome(key) }, work);
        if (outcome === null) return false;
        left.delete(key);
        await log.finish(key, outcome);
        return true;
      }),
  };
}

/** Whether a write that failed is to be left open: nobody knows what became of it. */
async function failed(log: WriteLog, write: OneWrite, error: unknown): Promise<boolean> {
  if (!write.isBegun) return false;
  if (!isRefused(error)) return true;
  await log.finish(write.key, refused(write.before, error));
  return false;
}

function remember(left: Set<string>, key: string): void {
  if (left.size < mostOpen) left.add(key);
}

interface Intent {
  readonly key: string;
  readonly operation: string;
  readonly subject: string;
  readonly payload: Json;
}

/** One write that is under way. */
class OneWrite implements WriteUnderWay {
  readonly #log: WriteLog;
  readonly #intent: Intent;
  #begun: Promise<void> | null = null;
  /** What it came to the last time. */
  before: Json = null;

  constructor(log: WriteLog, intent: Intent) {
    this.#log = log;
    this.#intent = intent;
  }

  get key(): string {
    return this.#intent.key;
  }

  get isBegun(): boolean {
    return this.#begun !== null;
  }

  announce(): Promise<void> {
    this.#begun ??= this.#begin();
    return this.#begun;
  }

  known(): Promise<Json> {
    return this.#log.outcome(this.#intent.key);
  }

  async #begin(): Promise<void> {
    this.before = await this.#log.renew(this.#intent);
  }
}

type Record = <T>(key: string, intent: Omit<Intent, 'key'>, work: () => Promise<T>) => Promise<T>;

function recordAll(port: RepoPort, record: Record): Pick<RepoPort, WriteName> {
  const names = Object.keys(described) as WriteName[];
  const writes = names.map((name) => {
    // The casts: a name's arguments are described by the function of the same name and handed on to its method as they are.
    const describe = described[name] as (...args: unknown[]) => Write;
    const method = port[name] as (...args: unknown[]) => Promise<unknown>;
    const recorded = (...args: unknown[]): Promise<unknown> => {
      const write = describe(...args);
      const { operation, about, args: kept } = write;
      const payload = { repo: { ...port.ref }, method: name, args: kept };
      const intent = { operation, subject: `${port.ref.fullName} ${about}`, payload };
      return record(keyOf(port, write), intent, () => method(...args));
    };
    return [name, recorded];
  });
  return Object.fromEntries(writes) as Pick<RepoPort, WriteName>;
}

function keyOf({ ref }: RepoPort, { place }: Write): string {
  return `${writePrefix}${repoKey(ref)}:${place}`;
}

/** Whether the forge said that it did nothing. What is not answered, or answered by a fault of the server, may be done. */
function isRefused(error: unknown): error is BorderError {
  return error instanceof BorderError && error.status >= 400 && error.status < 500 && error.status !== 408;
}

/** What was made before stays known. */
function refused(before: Json, { code }: BorderError): Json {
  return { ...(isJsonObject(before) ? before : {}), refused: code };
}
