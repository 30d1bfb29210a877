import type { Engine } from '../../engines/engine.ts';
import type { RepositoryTree } from '../../model/declare.ts';
import type { Drift } from '../../model/drift.ts';
import type { Redacted } from '../../model/redacted.ts';
import { type RepoRef, repoKey } from '../../model/repo.ts';
import type { Resource, ResourceId } from '../../model/resource.ts';
import type { Settings, SettingsInForce } from '../../model/settings.ts';
import type { Application } from '../../model/target.ts';
import type { Tree } from '../../model/tree.ts';
import type { Place } from '../../world/cluster/place.ts';
import type { Forge } from '../../world/forge/forge.ts';
import type { Repository } from '../../world/git/git.ts';
import type { Queue } from '../../world/store/queue.ts';
import type { Store } from '../../world/store/store.ts';

/** Live values written into manifests: the changed files, or why it cannot be done (one sentence). */
export type Adoption =
  | { readonly kind: 'files'; readonly files: ReadonlyMap<string, Uint8Array> }
  | { readonly kind: 'none'; readonly why: string };

/** What watching for drift works with, handed in by the composition root. */
export interface DriftTools {
  readonly forge: (name: string) => Forge;
  readonly mirror: (repo: RepoRef) => Promise<Repository>;
  readonly settings: (repo: RepoRef, signal: AbortSignal) => Promise<SettingsInForce>;
  readonly applications: (
    where: RepositoryTree,
    settings: Settings,
    signal: AbortSignal,
  ) => Promise<{ readonly all: readonly Application[] }>;
  readonly render: (
    application: Application,
    tree: Tree,
    place: Place,
    signal: AbortSignal,
  ) => Promise<readonly Resource[]>;
  readonly place: (context: string, signal: AbortSignal) => Promise<Place>;
  readonly engine: (name: string, place: Place, repo: RepoRef) => Promise<Engine>;
  /** Clone address without credentials, to match sources of controllers. */
  readonly cloneUrl: (repo: RepoRef) => Promise<string>;
  /** Writes live values into the manifests an application is rendered from. */
  readonly adopt: (
    wish: {
      readonly application: Application;
      readonly tree: Tree;
      readonly resource: Resource;
      readonly changes: readonly Pick<Drift, 'path' | 'live'>[];
    },
    signal: AbortSignal,
  ) => Promise<Adoption>;
  /** Watches these objects of a cluster and wakes the target when somebody writes one. Watching again adds to what is watched. */
  readonly watch: (target: WatchedObjects) => void;
  readonly store: Store;
  readonly queue: Queue;
  readonly now: () => Date;
  readonly redact: (text: string) => Redacted;
  /** Milliseconds between two comparisons that nothing woke. */
  readonly every: number;
  /** What came of the last look at each target and at the settings since the start, by `lookKey`: what was not looked at is never called in sync. */
  readonly looks: Map<string, Look>;
}

/** A comparison; `error` says what could not be read of the target, null when all was. */
export interface Look {
  readonly error: string | null;
}

/** Under what a comparison is remembered. */
export function lookKey(repo: RepoRef, target: string): string {
  return `${repoKey(repo)} ${target}`;
}

/** The objects of a target, to be watched. */
export interface WatchedObjects {
  readonly repo: RepoRef;
  readonly target: string;
  readonly place: Place;
  readonly ids: readonly ResourceId[];
}
