import { workerData } from 'node:worker_threads';
import { compileModule, loadInstance } from '../../formats/wasm/instance.ts';
import { serveTasks } from '../../tools/pool-worker.ts';
import type { MergeTask } from './merge.ts';

const maxMemoryMb = 512;

serveTasks<MergeTask, string>(async () => {
  // The pool's owner gives the module's path.
  const { path } = workerData as { readonly path: string };
  const module = await compileModule(path, maxMemoryMb);
  const instance = loadInstance(module, { seed: 1, now: 0, maxMemoryMb });
  return ({ header, texts, seed, now }) => {
    const parts = texts.map(([name, text]) => ({ name, bytes: new TextEncoder().encode(text) }));
    const files = parts.map(({ name, bytes }) => ({ path: name, size: bytes.length }));
    const payload = parts.map(({ bytes }) => bytes);
    return instance.callText({ ...header, files }, payload, { seed, now });
  };
});
