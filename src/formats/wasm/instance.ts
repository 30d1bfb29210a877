import { FairleadError } from '../../model/error.ts';
import { exchange, type ModuleExports } from './abi.ts';
import { invalidModule } from './binary.ts';
import { capMemory } from './memory-cap.ts';
import { type MemoryImage, readModuleFile, restoreMemory } from './memory-image.ts';
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

/** A module ready to run in any thread. */
export interface CompiledModule {
  readonly code: WebAssembly.Module;
  /** The memory that instances begin with when the module was kept as it had started; null when each starts by itself. */
  readonly image: MemoryImage | null;
}

/** Reads and compiles a module with its memory capped. Throws `FairleadError` `module-invalid`. */
export async function compileModule(path: string, maxMemoryMb: number): Promise<CompiledModule> {
  const { binary, image } = await readModuleFile(path);
  const capped = capMemory(binary, maxMemoryMb);
  if (capped.buffer !== binary.buffer) giveBack(binary.buffer);
  const code = await WebAssembly.compile(capped).catch((cause: unknown) => {
    throw invalidModule('it does not compile', cause);
  });
  giveBack(capped.buffer);
  return { code, image };
}

/** Frees memory that nobody reads any more: some modules have tens of MiB, and when they are collected is anybody's guess. */
function giveBack(buffer: ArrayBufferLike): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}

/** Starts a compiled module: its own memory, clock and random stream. */
export function loadInstance(module: CompiledModule, options: InstanceOptions): Instance {
  return new ModuleInstance(module, options);
}

const OUTPUT_LIMIT = 64 * 1024;

class ModuleInstance implements Instance {
  isDead = false;
  readonly #options: InstanceOptions;
  readonly #wasi: Wasi;
  readonly #exports: ModuleExports;
  #output: Uint8Array[] = [];
  #outputSize = 0;

  constructor({ code, image }: CompiledModule, options: InstanceOptions) {
    this.#options = options;
    this.#wasi = createWasi(code, { ...options, onOutput: (chunk) => this.#keep(chunk) });
    const instance = new WebAssembly.Instance(code, { wasi_snapshot_preview1: this.#wasi.imports });
    // The modules under wasm/ all export these; another module fails at the first call.
    this.#exports = instance.exports as unknown as ModuleExports;
    this.#wasi.bind(this.#exports.memory);
    if (image === null) this.#guard(() => this.#exports._initialize());
    else restoreMemory(new Uint8Array(this.#exports.memory.buffer), image);
  }

  call(header: object, payload: readonly Uint8Array[] = [], options?: CallOptions): unknown {
    return JSON.parse(this.callText(header, payload, options));
  }

  callText(header: object, payload: readonly Uint8Array[] = [], options?: CallOptions): string {
    if (this.isDead) throw this.#deadError(null);
    if (options !== undefined) this.#wasi.restart(options.seed, options.now ?? this.#options.now);
    return this.#guard(() => exchange(this.#exports, { header, payload }));
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
