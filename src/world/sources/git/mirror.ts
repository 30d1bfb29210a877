import type { Tree } from '../../../model/tree.ts';

/** A bare repository of our own that is thrown away after one fetch; what `world/git` opens as a mirror is one. */
export interface Mirror {
  fetch(source: MirrorFetch, signal: AbortSignal): Promise<void>;
  /** Full names of the branches and tags the server has, with the commit each leads to. */
  remoteRefs(source: MirrorServer, signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /** Full commit id of a ref. */
  resolve(revision: string, signal: AbortSignal): Promise<string>;
  tree(revision: string, signal: AbortSignal): Promise<Tree>;
  close(): Promise<void>;
}

/** How a server is reached. `header` and `config` travel in the environment of git only. */
export interface MirrorServer {
  readonly url: string;
  readonly header: string | null;
  readonly config: Readonly<Record<string, string>>;
}

/** What a mirror is asked to fetch. */
export interface MirrorFetch extends MirrorServer {
  /** Full ref names, commit ids, `HEAD`. */
  readonly refs: readonly string[];
  /** Commits of history. */
  readonly depth: number;
}

/** Makes a mirror in an empty folder, with everything off that could run code, and without proxies or certificates of the environment. */
export type OpenMirror = (dir: string, signal: AbortSignal) => Promise<Mirror>;
