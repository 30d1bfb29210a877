import type { HealthState } from '../../model/health.ts';
import type { JsonObject } from '../../model/json.ts';

/** What a rule says of one live object. */
export interface Assessment {
  readonly state: HealthState;
  /** CamelCase word; null when healthy. */
  readonly reason: string | null;
  /** One sentence or the cluster's own words, not yet masked; null when there is nothing to add. */
  readonly message: string | null;
}

/** What a rule may know besides the object. */
export interface HealthContext {
  readonly now: Date;
  /** The pods of its newest revision; absent when they were not read. Pods of older revisions never count. */
  readonly pods?: readonly JsonObject[];
  /** The storage class of a claim that is not bound; absent when it was not read. */
  readonly storageClass?: JsonObject;
  /** Whether the schema of its kind has `status.conditions`, so that an object without one was not looked at yet. */
  readonly hasConditions?: boolean;
  /** When the target's deployment began; null when none is under way. */
  readonly startedAt?: Date | null;
}

/**
 * How objects of one kind fare. Pure. `failed` needs a positive signal: the cluster says that it failed. Waiting for long is
 * none; who waits decides when to stop.
 */
export interface HealthRule {
  /** API group, '' for the core group. */
  readonly group: string;
  readonly kind: string;
  assess(object: JsonObject, context: HealthContext): Assessment;
}

export function healthy(message: string | null = null): Assessment {
  return { state: 'healthy', reason: null, message };
}

export function progressing(reason: string, message: string | null): Assessment {
  return { state: 'progressing', reason, message };
}

export function failed(reason: string, message: string | null): Assessment {
  return { state: 'failed', reason, message };
}

export function suspended(reason: string, message: string | null): Assessment {
  return { state: 'suspended', reason, message };
}

export function unknown(reason: string, message: string | null): Assessment {
  return { state: 'unknown', reason, message };
}
