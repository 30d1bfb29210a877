import type { Change } from '../model/change.ts';
import type { Finding } from '../model/finding.ts';
import type { JsonObject } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';
import type { Target } from '../model/target.ts';

/** What Git wants of a target, before and after the pull. */
export interface Desired {
  /** null where the base could not be rendered. */
  readonly base: readonly Resource[] | null;
  readonly head: readonly Resource[];
}

/** What an engine would do to a target's cluster. */
export interface ChangeSet {
  readonly changes: readonly Change[];
  readonly findings: readonly Finding[];
  /** Why some object could not be read or predicted; null when all were. */
  readonly error: string | null;
  /** Live objects read for it, secrets masked, by resource key. */
  readonly live: ReadonlyMap<string, JsonObject>;
}

/**
 * Who changes a cluster. `predict` works by the method the engine really uses. (Carrying out and following come with the
 * deploy feature.)
 */
export interface Engine {
  readonly name: string;
  /** The field manager it writes as. */
  readonly manager: string;
  predict(target: Target, desired: Desired, signal: AbortSignal): Promise<ChangeSet>;
}
