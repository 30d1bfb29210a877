import type { Json } from './json.ts';
import type { Path } from './path.ts';
import type { ResourceId } from './resource.ts';

/** What happens to a resource. `recreate` and `adopt` are named for later issues of the plan; reviews do not emit them yet. */
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

/** What happens to one resource of one target. `paths` is empty for create and delete. */
export interface Change {
  readonly target: string;
  readonly part: Part;
  readonly resource: ResourceId;
  readonly action: Action;
  readonly paths: readonly PathChange[];
}
