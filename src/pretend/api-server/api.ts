import type { User } from './identity.ts';
import type { Merge } from './merge.ts';
import type { Documents } from './openapi.ts';
import type { PodLogs } from './pod-logs.ts';
import type { Registry } from './registry.ts';
import type { ObjectStore } from './store.ts';

/** All that a request handler works with. */
export interface Api {
  readonly store: ObjectStore;
  readonly registry: Registry;
  readonly merge: Merge;
  readonly documents: Documents;
  readonly logs: PodLogs;
  /** Users by token; null lets everybody do everything. */
  readonly users: readonly User[] | null;
  /** Resolves when the seed is in place. */
  readonly ready: Promise<void>;
  /** Fires when the server closes; watches end then. */
  readonly closing: AbortSignal;
}
