import { createRandom } from './random.ts';

/** What a module sees of the world: a clock that stands still, a seeded random source, and nothing else. */
export interface WasiOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly seed: number;
  /** Receives what the module writes to stdout and stderr. */
  readonly onOutput: (chunk: Uint8Array) => void;
}

/** The module ended its own process: a Go panic or fatal error. The instance is dead. */
export class ModuleExit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`the module exited with code ${code}`);
    this.code = code;
  }
}

/** The import object's functions, and the means to start a new random stream and clock. */
export interface Wasi {
  readonly imports: Record<string, (...args: number[]) => number>;
  bind(memory: WebAssembly.Memory): void;
  restart(seed: number, now: number): void;
}

const ERRNO = { success: 0, badf: 8, nosys: 52 };
const ARGUMENT = new TextEncoder().encode('module\0'); // klog reads os.Args[0] while initialising.
const CLOCK_REALTIME = 0;

/**
 * The part of WASI preview 1 that Go needs (witx `wasi_snapshot_preview1`). No file, environment or network exists: every
 * descriptor but stdout and stderr is EBADF, every other call ENOSYS.
 */
export function createWasi(module: WebAssembly.Module, options: WasiOptions): Wasi {
  const state = new WasiState(options);
  const known: Record<string, (...args: never[]) => number> = { ...processCalls(state), ...deviceCalls(state) };
  const imports: Wasi['imports'] = {};
  for (const { module: space, name, kind } of WebAssembly.Module.imports(module)) {
    if (space !== 'wasi_snapshot_preview1' || kind !== 'function') continue;
    // Each known call takes the numbers (or 64-bit integers) its signature in the module says.
    imports[name] = (known[name] as Wasi['imports'][string] | undefined) ?? refuse(name);
  }
  return {
    imports,
    bind: (memory) => {
      state.memory = memory;
    },
    restart: (seed, now) => state.restart(seed, now),
  };
}

class WasiState {
  memory: WebAssembly.Memory | null = null;
  readonly onOutput: WasiOptions['onOutput'];
  now = 0n;
  /** Nanoseconds; moves on with each look and each wait, so that a waiting program goes on. */
  monotonic = 0n;
  fill: (target: Uint8Array) => void = () => undefined;

  constructor(options: WasiOptions) {
    this.onOutput = options.onOutput;
    this.restart(options.seed, options.now);
  }

  restart(seed: number, now: number): void {
    this.now = BigInt(Math.trunc(now)) * 1_000_000n;
    this.monotonic = 0n;
    this.fill = createRandom(seed);
  }

  /** Memory may have moved since the last call, so views are never kept. */
  view(): DataView {
    return new DataView(this.buffer());
  }

  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.buffer(), at >>> 0, length >>> 0);
  }

  private buffer(): ArrayBuffer {
    if (this.memory === null) throw new Error('the module called out before its memory was known');
    return this.memory.buffer;
  }
}

function processCalls(state: WasiState) {
  const noList = (countAt: number, sizeAt: number) => {
    state.view().setUint32(countAt, 0, true);
    state.view().setUint32(sizeAt, 0, true);
    return ERRNO.success;
  };
  return {
    args_sizes_get: (countAt: number, sizeAt: number) => {
      state.view().setUint32(countAt, 1, true);
      state.view().setUint32(sizeAt, ARGUMENT.length, true);
      return ERRNO.success;
    },
    args_get: (listAt: number, textAt: number) => {
      state.view().setUint32(listAt, textAt, true);
      state.bytes(textAt, ARGUMENT.length).set(ARGUMENT);
      return ERRNO.success;
    },
    environ_sizes_get: noList,
    environ_get: () => ERRNO.success,
    proc_exit: (code: number): number => {
      throw new ModuleExit(code);
    },
    sched_yield: () => ERRNO.success,
  };
}

function deviceCalls(state: WasiState) {
  return {
    clock_time_get: (clock: number, _precision: bigint, at: number) => {
      if (clock !== CLOCK_REALTIME) state.monotonic += 1_000n;
      state.view().setBigUint64(at, clock === CLOCK_REALTIME ? state.now : state.monotonic, true);
      return ERRNO.success;
    },
    random_get: (at: number, length: number) => {
      state.fill(state.bytes(at, length));
      return ERRNO.success;
    },
    fd_write: (fd: number, listAt: number, count: number, writtenAt: number) => {
      if (fd !== 1 && fd !== 2) return ERRNO.badf;
      state.view().setUint32(writtenAt, write(state, listAt, count), true);
      return ERRNO.success;
    },
    poll_oneoff: (inAt: number, outAt: number, count: number, eventsAt: number) => {
      state.view().setUint32(eventsAt, poll(state, inAt, outAt, count), true);
      return ERRNO.success;
    },
  };
}

function write(state: WasiState, listAt: number, count: number): number {
  let written = 0;
  for (let index = 0; index < count; index++) {
    const view = state.view();
    const length = view.getUint32(listAt + 8 * index + 4, true);
    state.onOutput(state.bytes(view.getUint32(listAt + 8 * index, true), length).slice());
    written += length;
  }
  return written;
}

const SUBSCRIPTION_SIZE = 48;
const EVENT_SIZE = 32;
const EVENT_CLOCK = 0;
const ABSOLUTE = 1;

/** Answers every wait at once: a clock jumps to the time waited for, a descriptor is bad. */
function poll(state: WasiState, inAt: number, outAt: number, count: number): number {
  const view = state.view();
  for (let index = 0; index < count; index++) {
    const from = inAt + SUBSCRIPTION_SIZE * index;
    const to = outAt + EVENT_SIZE * index;
    const isClock = view.getUint8(from + 8) === EVENT_CLOCK;
    if (isClock) waitUntil(state, view.getBigUint64(from + 24, true), view.getUint16(from + 40, true));
    view.setBigUint64(to, view.getBigUint64(from, true), true);
    view.setUint16(to + 8, isClock ? ERRNO.success : ERRNO.badf, true);
    view.setUint8(to + 10, view.getUint8(from + 8));
  }
  return count;
}

function waitUntil(state: WasiState, timeout: bigint, flags: number): void {
  const until = (flags & ABSOLUTE) === 0 ? state.monotonic + timeout : timeout;
  if (until > state.monotonic) state.monotonic = until;
}

function refuse(name: string): () => number {
  const errno = name.startsWith('fd_') || name.startsWith('path_') ? ERRNO.badf : ERRNO.nosys;
  return () => errno;
}
