import type { Tree } from '../model/tree.ts';

/** How many files are held in memory at once. */
const batch = 500;

/** Contents of many files, some at a time, in the order of the paths. Throws what the tree throws. */
export async function* readBatches(
  tree: Pick<Tree, 'read'>,
  paths: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<ReadonlyMap<string, Uint8Array>> {
  for (let start = 0; start < paths.length; start += batch) {
    yield await tree.read(paths.slice(start, start + batch), signal);
  }
}
