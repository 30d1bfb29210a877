import type { Tree } from '../../model/tree.ts';

/** What merging two commits gives. */
export type MergeResult =
  | { readonly kind: 'clean'; readonly tree: string }
  | { readonly kind: 'conflict'; readonly files: readonly string[] };

/** One commit. */
export interface Commit {
  readonly id: string;
  readonly parents: readonly string[];
  /** First line of the message. */
  readonly subject: string;
  /** The whole message. */
  readonly message: string;
  readonly author: string;
  /** When it was written (author date), ISO 8601, UTC. */
  readonly authoredAt: string;
}

/** What a repository says of itself. */
export interface Identity {
  /** Addresses of its remotes, as they are written. */
  readonly urls: readonly string[];
  /** The branch that is checked out; null with a detached head. */
  readonly branch: string | null;
  /** The remote's default branch, else `main` or `master`; null where neither is there. */
  readonly defaultBranch: string | null;
}

/** A way in to fetch from: credentials travel in the environment of the git process only. */
export interface FetchSource {
  readonly url: string;
  readonly header: string | null;
  /** Full ref names, commit ids, or `HEAD`. */
  readonly refs: readonly string[];
  /** Commits of history that are fetched; all of it when left out. */
  readonly depth?: number;
  /** More configuration of this fetch; it travels as the header does. */
  readonly config?: Readonly<Record<string, string>>;
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
  /**
   * Commits on the first-parent line of `to` that `from` does not have, oldest first, at most 500 (the newest). With `from` null
   * only `to` itself.
   */
  firstParents(from: string | null, to: string, signal: AbortSignal): Promise<readonly Commit[]>;
  /** All commits `to` has and `from` has not, oldest first, at most 500. */
  commitsBetween(from: string, to: string, signal: AbortSignal): Promise<readonly Commit[]>;
  /** Whether a commit is in the history of another; a commit is in its own. False when either is unknown. */
  isAncestor(commit: string, of: string, signal: AbortSignal): Promise<boolean>;
  /**
   * Three-way merge of trees: what leads from `base` to `theirs`, done to `ours`. With base = a merge, theirs = its first parent
   * it is the inverse of that merge.
   */
  applyBetween(
    sides: { readonly base: string; readonly ours: string; readonly theirs: string },
    signal: AbortSignal,
  ): Promise<MergeResult>;
  fetch(source: FetchSource, signal: AbortSignal): Promise<void>;
  /** What it says of itself. */
  identity(signal: AbortSignal): Promise<Identity>;
  /** Full names of the branches and tags a server has, with the commit (or other object) each leads to. */
  remoteRefs(source: Omit<FetchSource, 'refs' | 'depth'>, signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /** Ends helper processes (`git cat-file --batch`). */
  close(): Promise<void>;
}
