import type { Engine } from '../../engines/engine.ts';
import type { RepositoryTree } from '../../model/declare.ts';
import type { Redacted } from '../../model/redacted.ts';
import type { RepoRef } from '../../model/repo.ts';
import type { Resource } from '../../model/resource.ts';
import type { Settings, SettingsInForce } from '../../model/settings.ts';
import type { Application } from '../../model/target.ts';
import type { Tree } from '../../model/tree.ts';
import type { Place } from '../../world/cluster/place.ts';
import type { Forge } from '../../world/forge/forge.ts';
import type { Repository } from '../../world/git/git.ts';
import type { Queue } from '../../world/store/queue.ts';
import type { Store } from '../../world/store/store.ts';

/** How long things may take, in milliseconds. */
export interface DeployPace {
  /** Watched after it was healthy for the first time, before it counts. */
  readonly soak: number;
  /** Without a word of success or failure for so long, its state is unknown. */
  readonly healthDeadline: number;
  /** Between two looks at health. */
  readonly look: number;
}

/** What deploying works with, handed in by the composition root. */
export interface DeployTools {
  readonly forge: (name: string) => Forge;
  readonly mirror: (repo: RepoRef) => Promise<Repository>;
  readonly settings: (repo: RepoRef, signal: AbortSignal) => Promise<SettingsInForce>;
  /** The applications of a tree, named and sorted into environments as the settings say. */
  readonly applications: (where: RepositoryTree, settings: Settings, signal: AbortSignal) => Promise<ApplicationsOf>;
  /** What Git wants of an application in a place. Throws what renderers throw. */
  readonly render: (
    application: Application,
    tree: Tree,
    place: Place,
    signal: AbortSignal,
  ) => Promise<readonly Resource[]>;
  /** A cluster that answers. Throws `BorderError` when it does not, `FairleadError` `unknown-context`. */
  readonly place: (context: string, signal: AbortSignal) => Promise<Place>;
  /** Throws `FairleadError` `unknown-engine`. */
  readonly engine: (name: string, place: Place, repo: RepoRef) => Promise<Engine>;
  /** Clone address without credentials, to match sources of controllers. */
  readonly cloneUrl: (repo: RepoRef) => Promise<string>;
  readonly store: Store;
  readonly queue: Queue;
  /** Installation key for digests. */
  readonly key: Uint8Array;
  readonly now: () => Date;
  readonly redact: (text: string) => Redacted;
  readonly pace: DeployPace;
}

/** The applications of a tree. */
export interface ApplicationsOf {
  readonly all: readonly Application[];
  /** Those that changed files, deleted ones too, reach. */
  readonly reached: (changedFiles: readonly string[]) => readonly Application[];
}
