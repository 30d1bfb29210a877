import { createPool, type Pool, workerScript } from '../../tools/pool.ts';
import { compileModule } from './instance.ts';
import type { ModuleTask, ModuleWorkerData } from './module-worker.ts';

/** A WebAssembly module behind worker threads. The module is compiled once, at the first request. */
export interface ModulePool {
  /** Sends one request and gives the module's answer as JSON text. Throws what a pool, an instance and `locate` throw. */
  run(task: ModuleTask, signal: AbortSignal): Promise<string>;
  /** Loads the module ahead of the first request. A failure is that request's to tell. */
  warm(): void;
  close(): Promise<void>;
}

/** What a pool is made of. */
export interface ModulePoolOptions {
  /** The module's file, built when it is missing. */
  readonly locate: (signal: AbortSignal) => Promise<string>;
  /** Threads at most; each starts when there is work for it. */
  readonly workers: number;
  /** Milliseconds one request may take. */
  readonly deadlineMs: number;
  /** MiB one instance may use. */
  readonly maxMemoryMb: number;
}

/** Makes the pool of one module; nothing is located, compiled or started yet. */
export function createModulePool({ locate, workers, deadlineMs, maxMemoryMb }: ModulePoolOptions): ModulePool {
  const closing = new AbortController();
  const open = async (): Promise<Pool<ModuleTask, string>> => {
    const module = await compileModule(await locate(closing.signal), maxMemoryMb);
    const workerData: ModuleWorkerData = { module, maxMemoryMb };
    return createPool({ script: workerScript(import.meta.url, './module-worker'), size: workers, workerData });
  };
  let opening: Promise<Pool<ModuleTask, string>> | null = null;
  const opened = () => {
    opening ??= open().catch((fault: unknown) => {
      opening = null; // The next request may find Go installed.
      throw fault;
    });
    return opening;
  };
  return {
    run: async (task, signal) => (await unlessAborted(opened(), signal)).run(task, { signal, deadlineMs }),
    warm: () => {
      opened().then(
        (pool) => pool.warm(),
        () => undefined, // The first request tries again and tells.
      );
    },
    close: async () => {
      closing.abort();
      const pool = await opening?.catch(() => null); // One that never opened has nothing to close.
      await pool?.close();
    },
  };
}

/** Several requests wait for one module: who gives up leaves, and the others go on waiting. */
function unlessAborted<R>(work: Promise<R>, signal: AbortSignal): Promise<R> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
