import { compileModule } from '../../formats/wasm/instance.ts';
import { FairleadError } from '../../model/error.ts';
import { createPool, type Pool, workerScript } from '../../tools/pool.ts';
import type { RenderDependencies } from './dependencies.ts';
import type { ModuleTask, ModuleWorkerData } from './module-worker.ts';

/** A WebAssembly module behind worker threads. The module is compiled once, at the first request. */
export interface ModulePool {
  /**
   * Sends one request and gives the module's answer as JSON text. Throws `FairleadError`: `render-timeout`,
   * `render-memory`, `render-failed` (the module crashed), and what locating the module throws.
   */
  run(task: ModuleTask, subject: string, signal: AbortSignal): Promise<string>;
  /** Loads the module ahead of the first request. A failure is that request's to tell. */
  warm(): void;
  close(): Promise<void>;
}

/** Makes the pool of one module; nothing is located, compiled or started yet. */
export function createModulePool(name: 'kustomize' | 'helm', dependencies: RenderDependencies): ModulePool {
  const { deadlineMs, maxMemoryMb } = dependencies;
  const closing = new AbortController();
  const open = async (): Promise<Pool<ModuleTask, string>> => {
    const module = await compileModule(await dependencies.modules(name, closing.signal), maxMemoryMb);
    const workerData: ModuleWorkerData = { module, maxMemoryMb };
    const script = workerScript(import.meta.url, './module-worker');
    return createPool({ script, size: dependencies.workers[name], workerData });
  };
  let opening: Promise<Pool<ModuleTask, string>> | null = null;
  const opened = () => {
    opening ??= open().catch((fault: unknown) => {
      opening = null; // The next render may find Go installed.
      throw fault;
    });
    return opening;
  };
  return {
    run: async (task, subject, signal) => {
      const pool = await unlessAborted(opened(), signal);
      return pool.run(task, { signal, deadlineMs }).catch((fault: unknown) => {
        throw renderError(fault, { subject, deadlineMs, maxMemoryMb });
      });
    },
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

/** Several renders wait for one module: who gives up leaves, and the others go on waiting. */
function unlessAborted<R>(work: Promise<R>, signal: AbortSignal): Promise<R> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function renderError(
  fault: unknown,
  { subject, deadlineMs, maxMemoryMb }: { subject: string; deadlineMs: number; maxMemoryMb: number },
): unknown {
  if (!(fault instanceof FairleadError)) return fault;
  switch (fault.code) {
    case 'worker-timeout':
      return new FairleadError({
        code: 'render-timeout',
        message: `Rendering ${subject} did not finish within ${deadlineMs} ms and was stopped.`,
        subject,
        remedy: 'Look for an endless loop, or for very large inputs.',
        cause: fault,
      });
    case 'module-memory':
    case 'worker-memory':
      return new FairleadError({
        code: 'render-memory',
        message: `Rendering ${subject} needed more than ${maxMemoryMb} MiB and was stopped.`,
        subject,
        remedy: 'Look for output that grows without end, or split the application.',
        cause: fault,
      });
    case 'module-crashed':
    case 'worker-died':
      return new FairleadError({
        code: 'render-failed',
        message: `Rendering ${subject} stopped: ${fault.message}`,
        subject,
        remedy: fault.remedy,
        cause: fault,
      });
    default:
      return fault;
  }
}
