import { workerData } from 'node:worker_threads';
import { loadInstance } from '../../formats/wasm/instance.ts';
import { serveTasks } from '../../tools/pool-worker.ts';

/** What the worker is started with. */
export interface SubstituteWorkerData {
  readonly module: WebAssembly.Module;
  readonly maxMemoryMb: number;
}

/** One request: the header, and the objects as JSON. */
export interface SubstituteTask {
  readonly header: object;
  readonly payload: readonly Uint8Array[];
}

await serveTasks<SubstituteTask, string>(async () => {
  // The pool that starts this script gives exactly this.
  const { module, maxMemoryMb } = workerData as SubstituteWorkerData;
  const start = () => loadInstance(module, { seed: 0, now: 0, maxMemoryMb });
  let instance = start();
  return ({ header, payload }) => {
    if (instance.isDead) instance = start();
    return instance.callText(header, payload);
  };
});
