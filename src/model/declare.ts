import type { ClusterIdentity, KnownCluster } from './argocd-knowledge.ts';
import type { Declarations } from './declared.ts';
import type { RenderInputs } from './renderer.ts';
import type { OwnRepository, RepoRef } from './repo.ts';
import type { Application } from './target.ts';
import type { Tree } from './tree.ts';

/** Where a tree comes from, as far as objects of controllers depend on it. */
export interface TreeOrigin extends Pick<RenderInputs, 'treeAt' | 'unfetched' | 'lent'> {
  readonly own: OwnRepository;
}

/** A tree of a repository on a forge. */
export interface RepositoryTree {
  readonly tree: Tree;
  readonly repo: RepoRef;
  /** The branch it stands on; null: the default branch. */
  readonly branch: string | null;
}

/** Where declarations are looked for. */
export interface DeclareQuestion extends TreeOrigin {
  readonly tree: Tree;
  /** Applications that the files alone tell of. */
  readonly found: readonly Application[];
  /** Files that some kustomization reads. */
  readonly built: ReadonlySet<string>;
  /** Clusters of Argo CD that the settings tell of; left out: none. */
  readonly told?: readonly KnownCluster[];
  /** Cluster Secrets of the tree this one is to replace; left out: of none. */
  readonly before?: () => Promise<readonly ClusterIdentity[]>;
}

/** Reads what the objects of Argo CD and Flux in a tree declare. What cannot be told becomes findings, never an error. */
export type Declare = (question: DeclareQuestion, signal: AbortSignal) => Promise<Declarations>;

/** Nothing is known of the repository: whatever is found in a tree is its own. */
export const unknownOrigin: TreeOrigin = { own: { urls: [], branch: '', defaultBranch: '' } };
