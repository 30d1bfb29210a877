import type { Json } from './json.ts';
import type { Path } from './path.ts';
import type { ResourceId } from './resource.ts';

/**
 * What happens to a resource. `recreate`: a field changes that the server lets nobody change. `adopt`: Git newly declares an object that
 * exists already.
 */
export type Action = 'create' | 'update' | 'recreate' | 'delete' | 'adopt' | 'none';

/** Why a path changes: Git says so, or a webhook or default of the server does, or another manager owned it. */
export type Cause = 'git' | 'admission' | 'takeover';

/** `pull`: what merging this pull changes. `already`: what differs from Git without it. Never mixed. */
export type Part = 'pull' | 'already';

/** One changed path. `before` is live (base in a Git-to-Git comparison), `after` predicted; null is absent. */
export interface PathChange {
  readonly path: Path;
  readonly before: Json;
  readonly after: Json;
  readonly cause: Cause;
}

/** A field that Git says no more and that stays, since others own it too. */
export interface StayingPath {
  readonly path: Path;
  /** Field managers, the latest writer first. */
  readonly owners: readonly string[];
}

/** Whose an object was before Git declared it. */
export interface Adopted {
  /** The tool and what it calls its own, such as `Helm release shop/web`; null: nobody claims the object. */
  readonly owner: string | null;
  /** Leaf fields of others that become ours with the values they have. */
  readonly fields: number;
}

/** What happens to one resource of one target. `paths` is empty for create and delete. */
export interface Change {
  readonly target: string;
  readonly part: Part;
  readonly resource: ResourceId;
  readonly action: Action;
  readonly paths: readonly PathChange[];
  /** Why the server could not be asked and this was worked out from schemas and merge rules, one short clause; left out: the server said it. */
  readonly offline?: string;
  /** What Git says no more and stays all the same; left out: nothing. */
  readonly stays?: readonly StayingPath[];
  /** Set for `adopt`, and for updates that take fields over with the values they have. */
  readonly adopts?: Adopted;
  /** What goes with an object that is deleted or recreated, one clause each, such as `3 Pods`; left out: not asked, or nothing. */
  readonly takes?: readonly string[];
}
