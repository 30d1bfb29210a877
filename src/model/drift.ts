import type { RepoRef } from './repo.ts';
import type { ResourceId } from './resource.ts';

/** Who last wrote a field, as managedFields tells: a program, not a person. */
export interface FieldOwner {
  /** Such as `kubectl-edit`. */
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  /** Such as `scale`, or null. */
  readonly subresource: string | null;
  /** ISO 8601, UTC; null when the server does not say. */
  readonly since: string | null;
}

/** A live field Git owns that no longer has the value we set. */
export interface Drift {
  /** Short id people type in commands, `d-3f9a12`; stable for target, resource and path. */
  readonly id: string;
  readonly repo: RepoRef;
  readonly target: string;
  readonly application: string;
  readonly environment: string;
  readonly cluster: string;
  readonly resource: ResourceId;
  /** As people write it, or '' when the whole object is missing. */
  readonly path: string;
  /** What Git wants and what is live, as text, secrets masked; null is absent. */
  readonly git: string | null;
  readonly live: string | null;
  readonly owner: FieldOwner | null;
  /** ISO 8601, UTC. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** null while it lasts. */
  readonly resolvedAt: string | null;
  readonly resolution: 'healed' | 'adopted' | 'gone' | null;
  /** The open adopt pull; null when there is none. */
  readonly adoptPull: number | null;
  /** Commit whose plan it was compared with. */
  readonly commit: string;
}
