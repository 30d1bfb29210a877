import { readFile } from 'node:fs/promises';
import { FairleadError } from '../../model/error.ts';
import { capMemory } from './memory-cap.ts';
import { createWasi, type Wasi } from './wasi.ts';

/** How one instance is set up. */
export interface InstanceOptions {
  /** Start of the random stream. */
  readonly seed: number;
  /** What the module's clock says, in milliseconds since 1970. */
  readonly now: number;
  /** The cap the module was compiled with, for messages. */
  readonly maxMemoryMb: number;
}

/** A new random stream, and with `now` a new clock, for one call. */
export interface CallOptions {
  readonly seed: number;
  readonly now?: number;
}

/**
 * A running module of ours. Calls are synchronous. After a Go panic that was not caught, an exit or exhausted memory it
 * is dead: that call and every later one throws `FairleadError` `module-crashed` or `module-memory`.
 */
export interface Instance {
  readonly isDead: boolean;
  /** Sends a request and gives the answer parsed with JSON.parse. */
  call(header: object, payload?: readonly Uint8Array[], options?: CallOptions): unknown;
  /** The same, with the answer as JSON text. */
  callText(header: object, payload?: readonly Uint8Array[], options?: CallOptions): string;
  /**
   * Starts the random stream (and the monotonic clock) anew. Go has read some bytes ahead by then, and seeded its own
   * generators at the start: only a new instance depends on its seed alone.
   */
  reseed(seed: number): void;
  /** What the module wrote to stdout and stderr since the last time, at most 64 KiB. */
  takeOutput(): string;
}

/** Reads and compiles a module with its memory capped. Throws `FairleadError` `module-invalid`. */
export async function compileModule(path: string, maxMemoryMb: number): Promise<WebAssembly.Module> {
  const file = await readFile(path);
  const capped = capMemory(file, maxMemoryMb);
  giveBack(file.buffer);
  const module = await WebAssembly.compile(capped);
  giveBack(capped.buffer);
  return module;
}

/** Frees memory that nobody reads any more: some modules have tens of MiB, and when they are collected is anybody's guess. */
function giveBack(buffer: ArrayBufferLike): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}

/** Starts a compiled module: its own memory, clock and random stream. */
export function loadInstance(module: WebAssembly.Module, options: InstanceOptions): Instance {
  return new ModuleInstance(module, options);
}

interface ModuleExports {
  readonly memory: WebAssembly.Memory;
  _initialize(): void;
  alloc(size: number): number;
  release(pointer: number): void;
  call(pointer: number, size: number): bigint;
}

const OUTPUT_LIMIT = 64 * 1024;

class ModuleInstance implements Instance {
  isDead = false;
  readonly #options: InstanceOptions;
  readonly #wasi: Wasi;
  readonly #exports: ModuleExports;
  #output: Uint8Array[] = [];
  #outputSize = 0;

  constructor(module: WebAssembly.Module, options: InstanceOptions) {
    this.#options = options;
    this.#wasi = createWasi(module, { ...options, onOutput: (chunk) => this.#keep(chunk) });
    const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: this.#wasi.imports });
    // The modules under wasm/ all export these; another module fails at the first call.
    this.#exports = instance.exports as unknown as ModuleExports;
    this.#wasi.bind(this.#exports.memory);
    this.#guard(() => this.#exports._initialize());
  }

  call(header: object, payload: readonly Uint8Array[] = [], options?: CallOptions): unknown {
    return JSON.parse(this.callText(header, payload, options));
  }

  callText(header: object, payload: readonly Uint8Array[] = [], options?: CallOptions): string {
    if (this.isDead) throw this.#deadError(null);
    if (options !== undefined) this.#wasi.restart(options.seed, options.now ?? this.#options.now);
    return this.#guard(() => this.#exchange(new TextEncoder().encode(JSON.stringify(header)), payload));
  }

  reseed(seed: number): void {
    this.#wasi.restart(seed, this.#options.now);
  }

  takeOutput(): string {
    const text = Buffer.concat(this.#output).toString('utf8');
    this.#output = [];
    this.#outputSize = 0;
    return text;
  }

  #exchange(header: Uint8Array, payload: readonly Uint8Array[]): string {
    const size = payload.reduce((sum, part) => sum + part.length, 4 + header.length);
    const pointer = this.#exports.alloc(size) >>> 0;
    this.#send(pointer, header, payload);
    const answer = BigInt.asUintN(64, this.#exports.call(pointer, size));
    const at = Number(answer >> 32n);
    const text = Buffer.from(this.#exports.memory.buffer, at, Number(answer & 0xffffffffn)).toString('utf8');
    this.#exports.release(at);
    this.#exports.release(pointer);
    return text;
  }

  #send(pointer: number, header: Uint8Array, payload: readonly Uint8Array[]): void {
    const buffer = this.#exports.memory.buffer;
    new DataView(buffer).setUint32(pointer, header.length, true);
    let at = pointer + 4;
    for (const part of [header, ...payload]) {
      new Uint8Array(buffer, at, part.length).set(part);
      at += part.length;
    }
  }

  #guard<R>(run: () => R): R {
    try {
      return run();
    } catch (cause) {
      this.isDead = true;
      throw this.#deadError(cause);
    }
  }

  #deadError(cause: unknown): FairleadError {
    const output = this.takeOutput();
    if (/out of memory|cannot allocate|exceeds memory/i.test(output))
      return memoryError(this.#options.maxMemoryMb, cause);
    return crashError(firstLine(output), cause);
  }

  #keep(chunk: Uint8Array): void {
    if (this.#outputSize + chunk.length > OUTPUT_LIMIT) return;
    this.#output.push(chunk);
    this.#outputSize += chunk.length;
  }
}

function memoryError(maxMemoryMb: number, cause: unknown): FairleadError {
  return new FairleadError({
    code: 'module-memory',
    message: `The WebAssembly module needed more than ${maxMemoryMb} MiB.`,
    subject: 'module',
    remedy: 'Make the input smaller.',
    cause,
  });
}

function crashError(detail: string, cause: unknown): FairleadError {
  return new FairleadError({
    code: 'module-crashed',
    message: `The WebAssembly module stopped${detail === '' ? '' : `: ${detail}`}.`,
    subject: 'module',
    remedy: 'Report it with the input that causes it.',
    cause,
  });
}

function firstLine(output: string): string {
  return (output.split('\n').find((line) => line.trim() !== '') ?? '').trim();
}
