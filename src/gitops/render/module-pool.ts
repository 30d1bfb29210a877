import { createModulePool as createPool } from '../../formats/wasm/module-pool.ts';
import type { ModuleTask } from '../../formats/wasm/module-worker.ts';
import { FairleadError } from '../../model/error.ts';
import type { RenderDependencies } from './dependencies.ts';

/** A renderer's WebAssembly module behind worker threads. */
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
  const pool = createPool({
    locate: (signal) => dependencies.modules(name, signal),
    workers: dependencies.workers[name],
    deadlineMs,
    maxMemoryMb,
  });
  return {
    run: (task, subject, signal) =>
      pool.run(task, signal).catch((fault: unknown) => {
        throw renderError(fault, { subject, deadlineMs, maxMemoryMb });
      }),
    warm: () => pool.warm(),
    close: () => pool.close(),
  };
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
