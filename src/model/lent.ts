import type { OwnRepository } from './repo.ts';
import type { Tree } from './tree.ts';

/** Another repository whose files are at hand: what follows its branch reads them, and nothing is fetched for it. */
export interface LentTree {
  /** What its files are told with: `owner/name`. */
  readonly name: string;
  readonly own: OwnRepository;
  /** Its files on the branch. */
  readonly tree: Tree;
  /** Its files at another revision; null where there is none. Left out: there is no telling. */
  readonly treeAt?: ((revision: string, signal: AbortSignal) => Promise<Tree | null>) | undefined;
}

/** A change of another repository, for the applications that use it here. */
export interface Lending extends Omit<LentTree, 'tree'> {
  readonly base: Tree;
  readonly head: Tree;
  /** Changed files that look like manifests and that no application is known to read. */
  readonly unowned: readonly string[];
  /** Whether the tree of those who use it counts for environments of all their branches, not of its own alone. */
  readonly isEveryBranch: boolean;
}

/** What one side of a change lends. */
export function lentBy({ name, own, treeAt, ...trees }: Lending, side: 'base' | 'head'): LentTree {
  return { name, own, treeAt, tree: trees[side] };
}

/** A file of the lent repository, among those of the one that declares the application. */
export function lentFile({ name }: Pick<LentTree, 'name'>, path: string): string {
  return `${name}:${path}`;
}
