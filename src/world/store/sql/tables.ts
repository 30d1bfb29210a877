import type { Generated } from 'kysely';

/** The tables, alike in every database. Columns hold only text, whole numbers and bytes; JSON is text (see json-column.ts). */
export interface Tables {
  readonly deliveries: {
    readonly forge: string;
    readonly id: string;
    readonly event: string;
    readonly headers: string;
    readonly body: Uint8Array;
    readonly received_at: string;
    readonly state: string;
  };
  readonly marks: {
    readonly repo: string;
    readonly pull: number;
    readonly kind: string;
    readonly subject: string;
    readonly author: string;
    readonly head: string;
    readonly digests: string;
    readonly reason: string;
    readonly at: string;
  };
  readonly reviewed_pulls: {
    readonly repo: string;
    readonly pull: number;
    readonly base: string;
    readonly head: string;
    readonly inputs: string;
  };
  readonly plans: {
    readonly id: Generated<number>;
    readonly repo: string;
    readonly pull: number;
    readonly head: string;
    readonly document: string;
  };
  /** What the newest plan of a pull changes: for each target its resource keys, a JSON list. */
  readonly plan_targets: {
    readonly repo: string;
    readonly pull: number;
    readonly target: string;
    readonly head: string;
    readonly changed: string;
  };
  readonly deployments: {
    readonly number: Generated<number>;
    readonly repo: string;
    readonly target: string;
    readonly application: string;
    readonly environment: string;
    readonly commit_id: string;
    readonly asked_by: string;
    readonly state: string;
    readonly document: string;
  };
  readonly deployment_pulls: { readonly deployment: number; readonly pull: number };
  readonly repos: { readonly key: string; readonly document: string };
  readonly heads: { readonly repo: string; readonly branch: string; readonly head: string };
  readonly drift: {
    readonly id: string;
    readonly repo: string;
    readonly target: string;
    readonly environment: string;
    readonly is_open: number;
    readonly first_seen: string;
    readonly document: string;
  };
  /** `environment` is '' for a pause of everything. */
  readonly pauses: { readonly repo: string; readonly environment: string; readonly document: string };
  readonly inventories: { readonly repo: string; readonly target: string; readonly entries: string };
  readonly leases: {
    readonly key: string;
    readonly holder: string;
    readonly fence: number;
    readonly expires_at: number;
  };
  readonly intents: {
    readonly number: Generated<number>;
    readonly key: string;
    readonly operation: string;
    readonly subject: string;
    readonly at: string;
    readonly outcome: string;
    readonly done: number;
    readonly payload: string;
  };
  readonly budgets: { readonly key: string; readonly version: number; readonly document: string };
  readonly audit: {
    readonly sequence: number;
    readonly at: string;
    readonly actor: string;
    readonly action: string;
    readonly subject: string;
    readonly data: string;
    readonly previous: string;
    readonly hash: string;
  };
  readonly audit_head: { readonly one: number; readonly sequence: number; readonly hash: string };
  readonly jobs: {
    readonly id: Generated<number>;
    readonly kind: string;
    readonly key: string;
    readonly priority: number;
    readonly payload: string;
    /** 1 when it was added to replace those that wait. */
    readonly replaces: number;
    readonly state: 'waiting' | 'running' | 'dead';
    readonly run_at: number;
    /** Times it failed. */
    readonly attempts: number;
    /** Times its process died while it ran. */
    readonly interruptions: number;
    /** Code or class of the error it failed with last, never its message. */
    readonly error: string | null;
    /** When it was tried first, in milliseconds; null while it was not. */
    readonly since: number | null;
  };
}
