import { FairleadError } from '../../model/error.ts';
import { createPool, type Pool, workerScript } from '../../tools/pool.ts';
import { createShortMemory } from '../../tools/short-memory.ts';
import type { Decoded } from './decode.ts';
import { decodeFailed } from './failure.ts';
import { type DecodeLimits, defaultLimits } from './limits.ts';
import { type DecodeAnswer, type Packed, unpackAnswers } from './pack.ts';
import { checkSize, type RawFile } from './text.ts';

/** What became of one file. One broken file never hides the others. */
export type FileOutcome =
  | { readonly kind: 'decoded'; readonly file: string; readonly decoded: Decoded }
  | { readonly kind: 'failed'; readonly file: string; readonly error: FairleadError };

/** Decodes manifests in worker threads. */
export interface Decoder {
  /** One outcome per file, in the order given. Rejects only with the signal's reason or when the decoder is closed. */
  decode(files: readonly RawFile[], signal: AbortSignal): Promise<readonly FileOutcome[]>;
  /** Starts a thread ahead of the first files. */
  start(): void;
  close(): Promise<void>;
}

/** How a decoder is made. */
export interface DecoderOptions {
  /** Threads at most. */
  readonly workers: number;
  readonly limits?: Partial<DecodeLimits>;
  /** Milliseconds a batch of files may take, and then each file of it alone. */
  readonly deadlineMs?: number;
}

/** What a worker is asked. */
export interface DecodeTask {
  readonly files: readonly RawFile[];
  readonly limits: DecodeLimits;
}

/** Makes a decoder; threads start with the first files. */
export function createDecoder(options: DecoderOptions): Decoder {
  const pool = createPool<DecodeTask, Packed>({
    script: workerScript(import.meta.url, './worker'),
    size: options.workers,
    workerData: null,
    resourceLimits: { maxOldGenerationSizeMb: 512 },
  });
  const limits = { ...defaultLimits, ...options.limits };
  return new PooledDecoder(pool, limits, options.deadlineMs ?? 5_000);
}

/** Small files travel together: a message costs more than a manifest, and the next one waits while the sending thread is busy. */
const batchBytes = 512 * 1024;
const batchFiles = 512;

class PooledDecoder implements Decoder {
  readonly #pool: Pool<DecodeTask, Packed>;
  readonly #limits: DecodeLimits;
  readonly #deadlineMs: number;
  readonly #memory = createShortMemory<Recent>({ maxSize: 16 * 1024 * 1024, keptMs: 1_000 });

  constructor(pool: Pool<DecodeTask, Packed>, limits: DecodeLimits, deadlineMs: number) {
    this.#pool = pool;
    this.#limits = limits;
    this.#deadlineMs = deadlineMs;
  }

  decode(files: readonly RawFile[], signal: AbortSignal): Promise<readonly FileOutcome[]> {
    const known = files.map((file) => this.#recent(file, signal));
    const fresh = files.filter((_, index) => known[index] === undefined);
    const begun = makeBatches(fresh).flatMap((batch) => this.#begin(batch, signal));
    return Promise.all(known.map((outcome) => outcome ?? begun.shift() ?? missed()));
  }

  /** What the same file gave, or will give, to the same caller: most files are equal on both sides of a pull. */
  #recent({ file, bytes }: RawFile, signal: AbortSignal): Promise<FileOutcome> | undefined {
    const recent = this.#memory.get(file);
    return recent?.signal === signal && sameBytes(recent.bytes, bytes) ? recent.outcome : undefined;
  }

  #begin(files: readonly RawFile[], signal: AbortSignal): readonly Promise<FileOutcome>[] {
    const outcomes = this.#batch(files, signal);
    return files.map(({ file, bytes }, index) => {
      const outcome = outcomes.then((all) => all[index] ?? missed());
      this.#memory.set(file, { signal, bytes, outcome }, bytes.length);
      return outcome;
    });
  }

  start(): void {
    this.#pool.warm();
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #batch(files: readonly RawFile[], signal: AbortSignal): Promise<readonly FileOutcome[]> {
    try {
      // Checked here too, so that a huge file is refused before it is copied.
      for (const file of files) checkSize(file, this.#limits);
      return await this.#send(files, signal);
    } catch (fault) {
      signal.throwIfAborted();
      if (fault instanceof FairleadError && fault.code === 'pool-closed') throw fault;
      if (files.length > 1) return (await Promise.all(files.map((file) => this.#batch([file], signal)))).flat();
      return files.map(({ file }) => ({ kind: 'failed', file, error: asDecodeFailed(file, fault) }));
    }
  }

  async #send(files: readonly RawFile[], signal: AbortSignal): Promise<readonly FileOutcome[]> {
    // Copies of just these bytes: a view would take its whole buffer along.
    const copies = files.map(({ file, bytes }) => ({ file, bytes: new Uint8Array(bytes) }));
    const transfer = copies.map(({ bytes }) => bytes.buffer);
    const task = { files: copies, limits: this.#limits };
    const answers = await this.#pool.run(task, { signal, deadlineMs: this.#deadlineMs, transfer });
    return unpackAnswers(answers).map((answer, index) => toOutcome(files[index]?.file ?? '', answer));
  }
}

interface Recent {
  readonly signal: AbortSignal;
  readonly bytes: Uint8Array;
  readonly outcome: Promise<FileOutcome>;
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one === other || Buffer.compare(one, other) === 0;
}

function missed(): never {
  throw new Error('a worker answered for fewer files than it was given');
}

function makeBatches(files: readonly RawFile[]): readonly (readonly RawFile[])[] {
  const batches: RawFile[][] = [];
  let current: RawFile[] = [];
  let size = 0;
  for (const file of files) {
    if (current.length > 0 && (current.length >= batchFiles || size + file.bytes.length > batchBytes)) {
      batches.push(current);
      current = [];
      size = 0;
    }
    current.push(file);
    size += file.bytes.length;
  }
  return current.length === 0 ? batches : [...batches, current];
}

function toOutcome(file: string, answer: DecodeAnswer): FileOutcome {
  if (answer.kind === 'decoded') return { kind: 'decoded', file, decoded: answer.decoded };
  return { kind: 'failed', file, error: new FairleadError(answer.facts) };
}

/** A worker that was ended over one file says so in this room's words. */
function asDecodeFailed(file: string, fault: unknown): FairleadError {
  if (fault instanceof FairleadError && fault.code === 'decode-failed') return fault;
  const why = fault instanceof Error ? fault.message : 'unknown fault';
  return decodeFailed({ file, line: 1 }, `the file could not be read: ${why}`, 'Make the file simpler, or split it.');
}
