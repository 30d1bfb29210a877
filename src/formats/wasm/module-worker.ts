import { workerData } from 'node:worker_threads';
import { serveTasks } from '../../tools/pool-worker.ts';
import type { ModuleCall } from './abi.ts';
import { type CompiledModule, type Instance, loadInstance } from './instance.ts';

/** What a module worker is started with. */
export interface ModuleWorkerData {
  readonly module: CompiledModule;
  readonly maxMemoryMb: number;
}

/** One request to the module. */
export interface ModuleTask extends ModuleCall {
  /** Where the random stream starts, and what the clock says (milliseconds since 1970). */
  readonly seed: number;
  readonly now: number;
  /** An instance that has answered nothing before; costs its start. Default false. */
  readonly isFresh?: boolean;
}

serveTasks<ModuleTask, string>(async () => {
  // The pool that starts this script gives exactly this.
  const { module, maxMemoryMb } = workerData as ModuleWorkerData;
  const start = ({ seed, now }: { seed: number; now: number }): Instance =>
    loadInstance(module, { seed, now, maxMemoryMb });
  let instance = start({ seed: 0, now: 0 });
  return (task) => {
    if (instance.isDead || task.isFresh === true) instance = start(task);
    return instance.callText(task.header, task.payload, { seed: task.seed, now: task.now });
  };
});
