import type { Tree } from '../../model/tree.ts';

/** A chart of a repository. */
export interface WantedChart {
  /** `https://HOST/…` (a Helm repository with an index.yaml) or `oci://HOST/…`, without the chart's name. */
  readonly repository: string;
  readonly name: string;
  /** An exact version or a range as Helm reads it; '' is the newest release. */
  readonly version: string;
  /** `sha256:…` it must have: of the archive in a Helm repository, of the manifest in a registry; null where it is not known. */
  readonly digest: string | null;
}

/** The files of a Git repository at a commit, tag or branch. */
export interface WantedGit {
  /** `https://HOST/…`, without credentials. */
  readonly url: string;
  /**
   * A full commit id, a tag, a branch, a full ref name, or a range of versions among its tags; '' or `HEAD` is the default branch. What
   * a tag or branch is called is that, even where it reads like a range.
   */
  readonly revision: string;
  /** `name`: never a range (kustomize); `range`: always one, of full versions only (`ref.semver` of Flux). Either, when left out. */
  readonly reads?: 'name' | 'range';
}

/** The files of an artifact in an OCI registry. */
export interface WantedArtifact {
  /** `oci://HOST/…`, without a tag. */
  readonly url: string;
  /** A tag, a range of versions, or a digest (`sha256:…`); '' is `latest`. */
  readonly revision: string;
}

/** One file at an address. */
export interface WantedFile {
  /** `https://HOST/…`, without credentials. */
  readonly url: string;
}

/** What was fetched. */
export interface Fetched {
  /** Of a chart, its own folder is the root; of a single file nothing but that, whatever it is called. */
  readonly tree: Tree;
  /** The version, tag or commit that was really used; of a Git repository the tag where a range was asked for; of a file its digest. */
  readonly resolved: string;
  /** Names the content: `sha256:…` of the archive (Helm repository) or manifest (registry), `git:TREE` of a Git tree, `sha256:…` of a file. */
  readonly digest: string;
  /** False where the same words may mean other content tomorrow: a range, a branch, a tag that is no version. */
  readonly isPinned: boolean;
  /** Whether it came from the disk without asking the source, or because the source could not be reached. */
  readonly isFromCache: boolean;
}

/**
 * Fetches content of the outside world; what it gives is read like a tree of this repository. Only hosts the operator listed are
 * reached. Throws `FairleadError`: `source-not-allowed`, `source-private`, `source-digest`, `source-invalid`, `archive-refused`; and
 * `BorderError`: `source-unreachable`, `source-refused`, `source-missing`, `source-limited`, `source-too-large`.
 */
export interface Sources {
  chart(wanted: WantedChart, signal: AbortSignal): Promise<Fetched>;
  git(wanted: WantedGit, signal: AbortSignal): Promise<Fetched>;
  artifact(wanted: WantedArtifact, signal: AbortSignal): Promise<Fetched>;
  /** No credentials are shown for it. */
  file(wanted: WantedFile, signal: AbortSignal): Promise<Fetched>;
  /** Ends what is under way and closes all connections. */
  close(): Promise<void>;
}
