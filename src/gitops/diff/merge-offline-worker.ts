import { workerData } from 'node:worker_threads';
import { compileModule, loadInstance } from '../../formats/wasm/instance.ts';
import { serveTasks } from '../../tools/pool-worker.ts';

/** One call of the merge module. */
export interface MergeTask {
  readonly header: object;
  /** Named JSON texts. */
  readonly texts: readonly (readonly [name: string, text: string])[];
}

const maxMemoryMb = 512;

serveTasks<MergeTask, string>(async () => {
  // The pool's owner gives the module's path.
  const { path } = workerData as { readonly path: string };
  const module = await compileModule(path, maxMemoryMb);
  const open = () => loadInstance(module, { seed: 1, now: 0, maxMemoryMb });
  let instance = open();
  return ({ header, texts }) => {
    // After a crash a new instance serves the next object.
    if (instance.isDead) instance = open();
    const parts = texts.map(([name, text]) => ({ name, bytes: new TextEncoder().encode(text) }));
    const files = parts.map(({ name, bytes }) => ({ path: name, size: bytes.length }));
    const payload = parts.map(({ bytes }) => bytes);
    return instance.callText({ ...header, files }, payload, { seed: 1, now: 0 });
  };
});
