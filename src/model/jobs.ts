import type { RepoRef, Thread } from './repo.ts';

/**
 * What features ask of each other, by kind. A payload only says where to look: the handler reads the world again. Plain JSON.
 */
export interface JobPayloads {
  /** Deliveries of a forge were taken in: understand and route those that wait (`delivery` null), or one that failed among them. */
  readonly ingest: { readonly forge: string; readonly delivery: string | null };
  /**
   * A pull has a new head (`before`: the one it replaced, where that is known), or its review was asked for again (`head` null):
   * say at once that it is looked at, then review it.
   */
  readonly begin: {
    readonly repo: RepoRef;
    readonly pull: number;
    readonly head: string | null;
    readonly before: string | null;
  };
  /**
   * A pull changed (`pull`), or the branch it goes into moved (`base`), or nobody told of anything (`resync`): then it is reviewed
   * where what stands on the forge is not right. `head`: the one an event told of, `before` the one it replaced.
   */
  readonly review: {
    readonly repo: RepoRef;
    readonly pull: number;
    readonly reason: 'pull' | 'base' | 'resync';
    readonly head?: string;
    readonly before?: string;
  };
  /** A merge queue made a group, or has done with it (`isOver`): say so at once, then have it reviewed or stop that. */
  readonly group: MergeGroup;
  /** Review a group of a merge queue; or end its check when it is over. */
  readonly 'group-review': MergeGroup;
  /** A branch moved: look at the open pulls into it. */
  readonly branch: { readonly repo: RepoRef; readonly branch: string };
  /** Someone asked for the check of a commit to run again. */
  readonly check: { readonly repo: RepoRef; readonly head: string };
  /** A branch moved or a pull was merged into it: work out what is to be deployed. */
  readonly merged: {
    readonly repo: RepoRef;
    readonly branch: string;
    /** Its head as the event knew it. */
    readonly before: string | null;
    /** The pull the event tells of: the forge may not list it for its commit yet. Absent where a push is told. */
    readonly pull?: number;
  };
  /** Take one step of a deployment. */
  readonly deploy: { readonly deployment: string };
  /** Deploy a commit again (null: the last one that was healthy) by command. `application` null: all of the environment. */
  readonly redeploy: {
    readonly repo: RepoRef;
    readonly environment: string;
    readonly application: string | null;
    readonly commit: string | null;
    readonly trigger: 'command' | 'rollback';
    /** Whether deletes of namespaces, CRDs and volumes are confirmed. */
    readonly confirmed: boolean;
    readonly actor: string;
    /** Pull on which it was asked, told of the outcome; null when it was asked elsewhere. */
    readonly pull: number | null;
  };
  /**
   * A deployment failed, or one after it recovered (`actor` null), or a person asks to take its change out of Git: see whether a
   * revert helps.
   */
  readonly revert: { readonly deployment: string; readonly actor: string | null };
  /** A pull was closed or merged: if it takes deployments back, say so where they are told. */
  readonly ended: { readonly repo: RepoRef; readonly pull: number };
  /** Compare a target with the last deployed commit. `wake`: what was seen, for the log. */
  readonly drift: { readonly repo: RepoRef; readonly target: string; readonly wake: string };
  /** Look at every target of a repository: which there are, and whether they drifted. */
  /** `branch`: only where something is deployed from that branch, which moved; left out: in any case. */
  readonly sweep: { readonly repo: RepoRef; readonly branch?: string };
  /** Write the drift board of a repository. */
  readonly board: { readonly repo: RepoRef };
  /** Put a drift row right; `asked` is null when nobody did. */
  readonly heal: {
    readonly drift: string;
    readonly actor: string;
    readonly how: 'heal' | 'adopt';
    readonly asked: AskedFor | null;
  };
  /** Someone wrote a comment that holds a command. */
  readonly command: {
    readonly repo: RepoRef;
    readonly thread: Thread;
    readonly comment: number;
    readonly author: string;
  };
  /** Work was given up: tell the people who wait for it. `why`: what kept it from being done, redacted. */
  readonly dead: {
    readonly of: keyof JobPayloads;
    readonly place:
      | { readonly kind: 'pull'; readonly repo: RepoRef; readonly pull: number }
      | { readonly kind: 'command'; readonly repo: RepoRef; readonly thread: Thread; readonly comment: number }
      | { readonly kind: 'deployment'; readonly deployment: string }
      | { readonly kind: 'group'; readonly repo: RepoRef; readonly head: string };
    readonly why: string;
    readonly tries: number;
    /** When it was tried first, ISO 8601, UTC; absent in what a version before this one gave up. */
    readonly since?: string;
    /** When it was tried last, ISO 8601, UTC. */
    readonly at: string;
  };
  /** See which repositories a forge has and which webhooks it could not bring, and have what is due looked over. */
  readonly look: { readonly forge: string };
  /** Compare a repository with what was last said and done: what no event told of is done now. */
  readonly resync: { readonly repo: RepoRef };
  /** Write the deploy comment of a pull. */
  readonly tell: { readonly repo: RepoRef; readonly pull: number };
}

/** What a merge queue is about to put on a branch: one commit for one pull or several. */
export interface MergeGroup {
  readonly repo: RepoRef;
  readonly head: string;
  readonly base: string;
  /** Full name of the ref it stands at. */
  readonly ref: string;
  /** The branch it goes into. */
  readonly branch: string;
  /** The pull it was made for, upon those before it; null where that is not known. */
  readonly pull: number | null;
  readonly isOver: boolean;
}

/** Where and when a person asked for something, to be told there when it is not done. */
export interface AskedFor {
  readonly thread: Thread;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Whether it was told that it waits, so that its end must be told too. */
  readonly isTold: boolean;
}

export type JobKind = keyof JobPayloads;

/** A piece of work. */
export interface Job<K extends JobKind = JobKind> {
  readonly kind: K;
  readonly payload: JobPayloads[K];
}

/** How a job is queued. */
export interface JobOptions {
  /** One running job per key. */
  readonly key: string;
  /**
   * Whether a waiting job of the same key is replaced by this one (the newest wins); else the waiting one stays and this one is
   * dropped, but where that one waits because it failed, it is tried when this one would be. `sooner`: it is replaced, and of both
   * times the sooner one counts.
   */
  readonly replace: boolean | 'sooner';
  /** Not before; null is now. */
  readonly runAt: Date | null;
}

/** A job with how it is queued: what pure routing gives. */
export interface QueuedJob extends JobOptions {
  readonly job: Job;
}
