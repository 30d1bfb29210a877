import type { Redacted } from '../../model/redacted.ts';

/** A repository by the forge's own numeric id, which survives renames. */
export interface RepoRef {
  readonly id: number;
  /** `owner/name` at the time of the event. */
  readonly fullName: string;
  /** GitHub App installation; null where the forge has none. */
  readonly installation: number | null;
}

/** What the bot understands of a webhook. A webhook only says "look again". */
export type ForgeEvent =
  | { readonly kind: 'pull-changed'; readonly repo: RepoRef; readonly pull: number; readonly head: string }
  | { readonly kind: 'pull-closed'; readonly repo: RepoRef; readonly pull: number }
  | { readonly kind: 'branch-moved'; readonly repo: RepoRef; readonly branch: string; readonly head: string }
  | { readonly kind: 'check-rerequested'; readonly repo: RepoRef; readonly head: string };

export type Role = 'none' | 'read' | 'triage' | 'write' | 'maintain' | 'admin';

/** A pull (a pull or merge request) as the forge says it is now. */
export interface Pull {
  readonly number: number;
  readonly title: string;
  readonly state: 'open' | 'closed' | 'merged';
  readonly draft: boolean;
  /** Login of the author. */
  readonly author: string;
  readonly head: { readonly sha: string; readonly ref: string; readonly fromFork: boolean };
  readonly base: { readonly sha: string; readonly ref: string };
  /** Commit that merges head into base, made by the forge; null while unknown or in conflict. */
  readonly mergeSha: string | null;
  /** null while the forge has not worked it out. */
  readonly mergeable: boolean | null;
}

/** Where and how to fetch: a URL without credentials and a header that carries them. Short-lived, one repository, read-only. */
export interface GitRemote {
  readonly url: string;
  /** `Authorization: ...`, or null for an open repository. A secret: never logged, never in an argument or URL. */
  readonly header: string | null;
  /** Refs to fetch for a pull: head and, where the forge makes one, the merge result. */
  pullRefs(pull: number): { readonly head: string; readonly merge: string | null };
}

/** A line of a file with a remark, shown on the pull's diff. */
export interface Annotation {
  readonly file: string;
  readonly line: number;
  readonly level: 'failure' | 'warning' | 'notice';
  readonly title: Redacted;
  readonly message: Redacted;
}

/** What a check on a commit says. */
export interface CheckReport {
  /** Stable name, such as `fairlead`. */
  readonly name: string;
  readonly state: 'running' | 'done';
  /** null while running. */
  readonly conclusion: 'success' | 'neutral' | 'failure' | null;
  readonly title: Redacted;
  readonly summary: Redacted;
  readonly annotations: readonly Annotation[];
}

/** Limits of a forge, in the units it counts. */
export interface ForgeLimits {
  /** UTF-16 code units of a comment we allow ourselves. */
  readonly comment: number;
  /** UTF-16 code units of a check's summary. */
  readonly checkSummary: number;
  readonly annotationsPerCall: number;
}

/** What became of a comment: nothing was sent when the body was already there. */
export interface CommentOutcome {
  readonly id: number;
  readonly did: 'created' | 'edited' | 'unchanged';
  readonly url: string;
}

/** One repository of a forge. Intent, not CRUD: every `ensure` may run twice and must not mind. Throws `BorderError`. */
export interface RepoPort {
  readonly ref: RepoRef;
  pull(number: number): Promise<Pull>;
  /** Open pulls, newest update first, updated after `since` (null: all), capped at 3,000. */
  openPulls(since: Date | null): Promise<readonly Pull[]>;
  /** Paths the pull touches, both sides of a rename. */
  changedFiles(number: number): Promise<readonly string[]>;
  gitRemote(): Promise<GitRemote>;
  /** Address of a file, or of a line of it, at a commit; safe inside a Markdown link. */
  fileUrl(sha: string, file: string, line: number | null): string;
  /**
   * The one live comment of this key on the pull: found by our author id and hidden marker, created or edited in place.
   * `sameApartFrom` blanks what may differ without a reason to edit (the read time).
   */
  ensureComment(pull: number, key: string, body: Redacted, sameApartFrom: RegExp | null): Promise<CommentOutcome>;
  /** Whether a comment of this key stands on the pull. */
  hasComment(pull: number, key: string): Promise<boolean>;
  /** Removes the comment of this key, if there is one. */
  retireComment(pull: number, key: string): Promise<void>;
  /** Creates or updates the check of this name on the commit. */
  report(sha: string, check: CheckReport): Promise<void>;
  /** What the user may do here, asked now. */
  roleOf(user: string): Promise<Role>;
}

/** Raw webhook, already read to the end. Header names in lower case. */
export interface RawDelivery {
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** Turns raw webhooks into events. Pure: no I/O. */
export interface Receiver {
  /** The delivery id, or why it is refused. Constant time over the raw bytes; any of the active secrets will do. */
  authenticate(
    delivery: RawDelivery,
  ):
    | { readonly ok: true; readonly id: string; readonly event: string }
    | { readonly ok: false; readonly status: 400 | 401; readonly reason: string };
  /** Events in it; an empty list for what the bot does not want. Throws `FairleadError` code `broken-payload`. */
  normalise(delivery: RawDelivery): readonly ForgeEvent[];
}

/** One configured forge. Differences are data (`limits`), never a name to be compared elsewhere. */
export interface Forge {
  readonly name: string;
  readonly limits: ForgeLimits;
  readonly receiver: Receiver;
  repo(ref: RepoRef): Promise<RepoPort>;
}
