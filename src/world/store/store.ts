import type { AuditEntry, AuditRow } from '../../model/audit.ts';
import type { BudgetAsk, BudgetGrant } from '../../model/budget.ts';
import type { Deployment } from '../../model/deployment.ts';
import type { Drift } from '../../model/drift.ts';
import type { Json } from '../../model/json.ts';
import type { Plan } from '../../model/plan.ts';
import type { RepoRef } from '../../model/repo.ts';
import type { ResourceId } from '../../model/resource.ts';

declare const transaction: unique symbol;

/** A transaction that is open. Only the store that made it can look inside. */
export interface Tx {
  readonly [transaction]: true;
}

/** `beside`: only adds deliveries and jobs, so it need not wait for other transactions, nor they for it. Default: `alone`. */
export type TransactionKind = 'alone' | 'beside';

/** A webhook as it came. */
export interface Delivery {
  readonly forge: string;
  /** Unique within the forge. */
  readonly id: string;
  readonly event: string;
  /** The headers the receiver reads, lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly receivedAt: Date;
  /** `apart`: it could not be understood for a fault of Fairlead's own, and a job of its own tries it again. */
  readonly state: 'received' | 'processed' | 'ignored' | 'poison' | 'apart';
}

/** How much is read at once: at least one, then as many as are within both. */
export interface DeliveryLimits {
  readonly count: number;
  /** Of the bodies together. */
  readonly bytes: number;
}

export interface Deliveries {
  /** False when the forge's delivery is there already: nothing is written then. */
  insert(tx: Tx, delivery: Omit<Delivery, 'state'>): Promise<boolean>;
  /** As `insert`, for several of one forge. Gives the ids of those that are new. */
  insertAll(tx: Tx, deliveries: readonly Omit<Delivery, 'state'>[]): Promise<ReadonlySet<string>>;
  get(forge: string, id: string): Promise<Delivery | null>;
  /** The oldest that are `received`, in the order they came, and whether there are no others. */
  received(
    forge: string,
    most: DeliveryLimits,
  ): Promise<{ readonly deliveries: readonly Delivery[]; readonly isAll: boolean }>;
  /** Notes what became of it; `received`: it is to be understood anew. */
  settle(forge: string, id: string, state: Delivery['state']): Promise<void>;
  /**
   * As part of the transaction (null: one of its own) notes what became of several that were `received`. Gives the ids of those that
   * were still: somebody else settled the others.
   */
  settleAll(
    tx: Tx | null,
    forge: string,
    outcomes: readonly Pick<Delivery, 'id' | 'state'>[],
  ): Promise<ReadonlySet<string>>;
}

/** What a person said about a pull by a command, bound to what it was said about. */
export interface Mark {
  readonly kind: 'approve' | 'hold' | 'ok-to-test' | 'allow' | 'deploy';
  /** Environment (approve, deploy), rule (allow), or ''. */
  readonly subject: string;
  /** The head it was said for. */
  readonly head: string;
  /** Target id -> digest at that time; empty where digests do not matter. */
  readonly digests: Readonly<Record<string, string>>;
  readonly by: string;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

export interface Pulls {
  marks(repo: RepoRef, pull: number): Promise<readonly Mark[]>;
  /** Adds a mark; the same kind, subject and author replaces the earlier one. */
  mark(tx: Tx | null, repo: RepoRef, pull: number, mark: Mark): Promise<void>;
  /** Takes marks of a kind (and subject) away; true when there was one. */
  unmark(tx: Tx | null, repo: RepoRef, pull: number, kind: Mark['kind'], subject: string): Promise<boolean>;
  /** What was said last about a pull's review: commits and inputs. */
  last(repo: RepoRef, pull: number): Promise<{ base: string; head: string; inputs: readonly string[] } | null>;
  remember(repo: RepoRef, pull: number, last: { base: string; head: string; inputs: readonly string[] }): Promise<void>;
}

export interface Plans {
  /** Keeps the plan of a pull's head; a newer one of the same head replaces it. */
  save(tx: Tx | null, plan: Plan): Promise<void>;
  /** The plan of the head, or of the newest head when null; null when there is none. */
  of(repo: RepoRef, pull: number, head: string | null): Promise<Plan | null>;
  /** Other pulls whose newest plan changes one of these targets, newest pull first, at most 100 rows. They may be closed by now. */
  touching(repo: RepoRef, targets: readonly string[], except: number): Promise<readonly Touching[]>;
  /** The pull is closed: it touches nothing any more. Its plans stay. */
  leave(repo: RepoRef, pull: number): Promise<void>;
}

/** What the newest plan of a pull changes in a target. */
export interface Touching {
  readonly pull: number;
  readonly head: string;
  readonly target: string;
  /** Resource keys. */
  readonly changed: readonly string[];
}

export interface DeploymentQuery {
  readonly repo?: RepoRef;
  readonly target?: string;
  readonly environment?: string;
  readonly application?: string;
  readonly pull?: number;
  readonly commit?: string;
  readonly states?: readonly Deployment['state'][];
  /** Newest first; default 100, at most 1,000. */
  readonly limit?: number;
}

export interface Deployments {
  /** Inserts with a fresh id. One of the same repo, target, commit and trigger that has not ended is given back instead. */
  create(tx: Tx | null, deployment: Omit<Deployment, 'id'>): Promise<Deployment>;
  get(id: string): Promise<Deployment | null>;
  /**
   * Writes the fields given. With `from`, only when the state is still one of these; false when it was not (somebody else moved
   * it on).
   */
  update(
    tx: Tx | null,
    id: string,
    change: Partial<Omit<Deployment, 'id'>>,
    from?: readonly Deployment['state'][],
  ): Promise<boolean>;
  /** Newest first. */
  find(query: DeploymentQuery): Promise<readonly Deployment[]>;
}

/** The repositories that were heard of. */
export interface Repos {
  /** Keeps a repository, under its present name. */
  see(tx: Tx | null, repo: RepoRef): Promise<void>;
  list(): Promise<readonly RepoRef[]>;
}

/** The head of a branch up to which merges were worked out. */
export interface Heads {
  get(repo: RepoRef, branch: string): Promise<string | null>;
  set(tx: Tx | null, repo: RepoRef, branch: string, head: string): Promise<void>;
}

export interface Drifts {
  /** Open rows (or all), newest first. */
  find(query: {
    readonly repo?: RepoRef;
    readonly target?: string;
    readonly environment?: string;
    readonly open?: boolean;
  }): Promise<readonly Drift[]>;
  get(id: string): Promise<Drift | null>;
  /** Inserts, or updates everything but the `firstSeen` of an open row; one that was over begins anew. */
  save(tx: Tx | null, drift: Drift): Promise<void>;
}

/** A pause of an environment, or of everything (`environment` is null). */
export interface Pause {
  readonly repo: RepoRef;
  readonly environment: string | null;
  readonly by: string;
  readonly reason: string;
  readonly at: string;
}

export interface Pauses {
  list(repo: RepoRef): Promise<readonly Pause[]>;
  set(tx: Tx | null, pause: Pause): Promise<void>;
  /** True when there was one. */
  clear(tx: Tx | null, repo: RepoRef, environment: string | null): Promise<boolean>;
}

/** The objects an engine applied to a target: more than it may prune, never less. */
export interface InventoryEntry {
  readonly resource: ResourceId;
  /** null until the first apply answered. */
  readonly uid: string | null;
}

export interface Inventories {
  get(target: string, repo: RepoRef): Promise<readonly InventoryEntry[]>;
  set(tx: Tx | null, target: string, repo: RepoRef, entries: readonly InventoryEntry[]): Promise<void>;
}

/** A lease that is held. Its fence grows with every taking, so that a late writer can be told. */
export interface Lease {
  readonly key: string;
  readonly holder: string;
  readonly fence: number;
}

export interface Leases {
  /** The lease, or null while somebody else holds it. Taking one's own again renews it. */
  take(key: string, holder: string, milliseconds: number): Promise<Lease | null>;
  /** Whether the lease is still this one; renews it when it is. */
  renew(lease: Lease, milliseconds: number): Promise<boolean>;
  release(lease: Lease): Promise<void>;
}

/** A write to a forge or cluster that was begun. */
export interface Intent {
  /** Unique: the same write has the same key, whenever it is tried. */
  readonly key: string;
  /** Such as `comment`, `branch`, `pull`, `apply`. */
  readonly operation: string;
  readonly subject: string;
  /** ISO 8601, UTC: when it was begun, or begun anew. */
  readonly at: string;
  /** null while it is open; of one begun anew, what it came to before. */
  readonly outcome: Json;
  readonly done: boolean;
  /** What it takes to do it again, or to look whether it was done; null where whoever began it knows. */
  readonly payload: Json;
}

export interface Outbox {
  /** Writes the intent; gives the outcome when the same write was already done. */
  begin(
    intent: Pick<Intent, 'key' | 'operation' | 'subject'>,
  ): Promise<{ readonly done: false } | { readonly done: true; readonly outcome: Json }>;
  /** As `begin`, for what is written again and again to one place: opens the intent anew and gives what it came to before (null: nothing). */
  renew(intent: Pick<Intent, 'key' | 'operation' | 'subject' | 'payload'>): Promise<Json>;
  finish(key: string, outcome: Json): Promise<void>;
  /** What a write came to; null while it is open for the first time, or when it was never begun. */
  outcome(key: string): Promise<Json>;
  /** Begun and not finished, oldest first. */
  open(): Promise<readonly Intent[]>;
  /** Forgets up to `most` intents that were begun before a time and are done; never an open one. Gives how many. */
  prune(before: Date, most: number): Promise<number>;
}

/** What installations of forges may still do, shared by all replicas. */
export interface Budgets {
  /** Keeps what was heard, and leases a slice; a wish for nothing only looks. `key`: forge and installation. */
  take(key: string, ask: BudgetAsk): Promise<BudgetGrant>;
}

export interface Audit {
  /** Appends and chains: hash = SHA-256(previous hash, canonical JSON of the row). */
  append(tx: Tx | null, entry: AuditEntry): Promise<AuditRow>;
  /** Rows in order, in pages; `after` is a sequence. */
  read(options: { readonly after: number; readonly limit: number }): Promise<readonly AuditRow[]>;
  /** Recomputes the chain. `broken` is the first sequence that does not hold; null when all do. */
  verify(): Promise<{ readonly rows: number; readonly broken: number | null }>;
}

/**
 * What Fairlead remembers. Everything written is durable when the promise resolves. Methods with `tx` take part in that
 * transaction; null is one of their own. Throws `FairleadError`: `store-failed`, `store-locked` (a second server), `store-newer`
 * (written by a newer Fairlead).
 */
export interface Store {
  /**
   * Commits when `work` resolves, rolls back when it throws. Transactions run one after another, over all processes that share the
   * database: keep them short, no I/O in them. The work may be done again when the database gave a transaction up.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>, how?: TransactionKind): Promise<T>;
  readonly deliveries: Deliveries;
  readonly pulls: Pulls;
  readonly plans: Plans;
  readonly deployments: Deployments;
  readonly repos: Repos;
  readonly heads: Heads;
  readonly drift: Drifts;
  readonly pauses: Pauses;
  readonly inventories: Inventories;
  readonly leases: Leases;
  readonly outbox: Outbox;
  readonly budgets: Budgets;
  readonly audit: Audit;
  close(): Promise<void>;
}
