import type { Tree } from '../../model/tree.ts';

/** What merging two commits gives. */
export type MergeResult =
  | { readonly kind: 'clean'; readonly tree: string }
  | { readonly kind: 'conflict'; readonly files: readonly string[] };

/** A way in to fetch from: credentials travel in the environment of the git process only. */
export interface FetchSource {
  readonly url: string;
  readonly header: string | null;
  /** Full ref names or commit ids. */
  readonly refs: readonly string[];
}

/**
 * A Git repository read as objects: nothing is checked out; hooks, filters, submodules, LFS and global configuration are off.
 * Throws `FairleadError`: `unknown-revision`, `not-a-repository`, `git-failed`, `fetch-failed`.
 */
export interface Repository {
  /** Folder of the repository (work tree or bare). */
  readonly path: string;
  /** Full commit id of a revision (branch, tag, `HEAD~1`, id). */
  resolve(revision: string, signal: AbortSignal): Promise<string>;
  mergeBase(one: string, other: string, signal: AbortSignal): Promise<string | null>;
  /** Tree id of the merge of two commits, without touching any work tree (`git merge-tree --write-tree`). */
  merge(base: string, head: string, signal: AbortSignal): Promise<MergeResult>;
  /** The files of a commit or tree. */
  tree(revision: string, signal: AbortSignal): Promise<Tree>;
  /** Paths that differ between two commits or trees, both sides of a rename, sorted. */
  changedFiles(one: string, other: string, signal: AbortSignal): Promise<readonly string[]>;
  fetch(source: FetchSource, signal: AbortSignal): Promise<void>;
  /** Ends helper processes (`git cat-file --batch`). */
  close(): Promise<void>;
}
