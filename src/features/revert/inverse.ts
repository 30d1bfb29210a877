import { isReached } from '../../model/inputs.ts';
import type { Repository } from '../../world/git/git.ts';
import type { RevertGround } from './gather.ts';

/** A tree in which a merge is undone, and the files that differ from the branch's head. */
export interface Inverse {
  /** The whole merge was taken back, or only what the application reads went back to the last healthy commit. */
  readonly how: 'whole' | 'paths';
  readonly files: ReadonlyMap<string, Uint8Array | null>;
}

/** Nothing of the merge is left to undo, or later changes stand on it. */
export interface NoInverse {
  readonly how: 'undone' | 'conflict';
}

/**
 * Undoes a merge on top of a branch's head, limited to what the failed application reads where the whole cannot be undone: then
 * those files go back to the last healthy commit.
 */
export async function inverseOf(
  suspect: { readonly id: string; readonly parents: readonly string[] },
  ground: RevertGround,
  signal: AbortSignal,
): Promise<Inverse | NoInverse> {
  const { repository, tip, inputs } = ground;
  const { goodCommit } = ground.facts;
  const [parent] = suspect.parents;
  if (parent === undefined) return { how: 'conflict' };
  const undone = await repository.applyBetween({ base: suspect.id, ours: tip, theirs: parent }, signal);
  if (undone.kind === 'clean') return inverse('whole', { repository, tip, to: undone.tree, only: null }, signal);
  if (goodCommit === null) return { how: 'conflict' };
  return inverse('paths', { repository, tip, to: goodCommit, only: inputs }, signal);
}

async function inverse(
  how: Inverse['how'],
  { repository, tip, to, only }: { repository: Repository; tip: string; to: string; only: readonly string[] | null },
  signal: AbortSignal,
): Promise<Inverse | NoInverse> {
  const changed = await repository.changedFiles(tip, to, signal);
  const paths = only === null ? changed : changed.filter((file) => isReached(only, [file]));
  if (paths.length === 0) return { how: 'undone' };
  const tree = await repository.tree(to, signal);
  const present = new Set(tree.entries.map(({ path }) => path));
  const contents = await tree.read(
    paths.filter((path) => present.has(path)),
    signal,
  );
  return { how, files: new Map(paths.map((path) => [path, contents.get(path) ?? null] as const)) };
}
