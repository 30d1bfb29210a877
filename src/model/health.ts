import type { ResourceId } from './resource.ts';

/**
 * How one object fares. `failed` is a positive failure signal (a rule saw it fail); `progressing` may still succeed; `suspended`
 * waits for a person; `missing` is wanted and not there; `unknown` could not be read or has no rule that can tell yet.
 */
export type HealthState = 'healthy' | 'progressing' | 'failed' | 'suspended' | 'missing' | 'unknown';

/** The health of one object and why. */
export interface ObjectHealth {
  readonly resource: ResourceId;
  readonly state: HealthState;
  /** CamelCase word, such as `ProgressDeadlineExceeded`; null when healthy. */
  readonly reason: string | null;
  /** One sentence, secrets masked; null when there is nothing to add. */
  readonly message: string | null;
}

/** What was seen of something that fails: enough for a person to start from. Holds no secret value. */
export interface Evidence {
  /** The failing object of the target. */
  readonly resource: ResourceId;
  readonly pod: string | null;
  readonly container: string | null;
  /** Such as `CrashLoopBackOff`. */
  readonly reason: string;
  readonly message: string | null;
  readonly exitCode: number | null;
  readonly restarts: number | null;
  /** Last lines of the failing container's log, oldest first, masked; null when there are none. */
  readonly logs: readonly string[] | null;
  /** Why there are no log lines; null when there are. */
  readonly logsMissing: string | null;
}

/** The health of all objects of a target. */
export interface TargetHealth {
  /** `failed` as soon as one object failed; `healthy` only when all are (or are suspended by intent); else progressing or unknown. */
  readonly state: 'healthy' | 'progressing' | 'failed' | 'unknown';
  readonly objects: readonly ObjectHealth[];
  /** Of the failed objects; empty otherwise. */
  readonly evidence: readonly Evidence[];
  /** `4/6 pods ready` for people; null where nothing runs pods. */
  readonly pods: { readonly ready: number; readonly wanted: number } | null;
}
