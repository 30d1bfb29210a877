import type { Redacted } from '../../model/redacted.ts';
import type { RepoRef, Thread } from '../../model/repo.ts';
import type { Receiver } from './receiver.ts';

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
  /** Of an open pull: commit that merges head into base, made by the forge; of a merged one: the commit on the base branch. Null while unknown or in conflict. */
  readonly mergeSha: string | null;
  /** Who merged it; null while it is not, or where the forge does not say. */
  readonly mergedBy: string | null;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly mergedAt: string | null;
  readonly url: string;
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
  /** A second page below the summary, where the forge has one; left out: none. */
  readonly text?: Redacted;
  readonly annotations: readonly Annotation[];
  /** Whether a check of this name that stands on the commit already is left as it is. */
  readonly yields?: boolean;
  /** Whether a finished check is said as a commit status as well, where the forge has both. */
  readonly status?: boolean;
}

/** Limits of a forge, in the units it counts. */
export interface ForgeLimits {
  /** UTF-16 code units of a comment we allow ourselves. */
  readonly comment: number;
  /** UTF-16 code units of a check's summary. */
  readonly checkSummary: number;
  /** UTF-16 code units of the page below a check's summary; 0 where there is none. */
  readonly checkText: number;
  readonly annotationsPerCall: number;
}

/** What became of a comment: nothing was sent when the body was already there. */
export interface CommentOutcome {
  readonly id: number;
  readonly did: 'created' | 'edited' | 'unchanged';
  readonly url: string;
}

/** A comment as the forge has it now. */
export interface Comment {
  readonly id: number;
  readonly author: string;
  readonly isBot: boolean;
  readonly body: string;
  /** Whether its text was changed after it was written. */
  readonly edited: boolean;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly url: string;
}

/** How a comment is acknowledged: seen, done, or refused (failed as well). */
export type Acknowledgement = 'seen' | 'done' | 'refused';

/** A commit to be made on a branch of its own. */
export interface BranchCommit {
  /**
   * Such as `fairlead/revert-17-prod`. Made at `base` when it does not exist; a branch that is there is left as it is when
   * its head holds exactly the base with these files: what somebody else added to it is never taken for ours.
   */
  readonly branch: string;
  /** Full commit id it starts from. */
  readonly base: string;
  /** Path -> new content, or null to remove. File modes of existing files stay. */
  readonly files: ReadonlyMap<string, Uint8Array | null>;
  readonly message: Redacted;
}

/** A pull to be opened. */
export interface PullSpec {
  /** Hidden in the body: the same key finds the pull again, open or closed. */
  readonly key: string;
  readonly branch: string;
  readonly base: string;
  readonly title: Redacted;
  readonly body: Redacted;
  readonly labels: readonly string[];
}

/** Somebody's approval in the forge's own review. */
export interface Approval {
  readonly user: string;
  /** Head it was given for; null where the forge does not say. */
  readonly head: string | null;
}

/** What protects a branch, as far as the bot may see. */
export interface BranchRules {
  /** Names of checks that must pass; null where it may not be read. */
  readonly requiredChecks: readonly string[] | null;
  /** Those of them that a commit status is to pass as well, as they are bound to no app; absent where there are none. */
  readonly requiredStatuses?: readonly string[];
  /** What is to be switched on so that our check is required, where the forge has no checks by name; absent where nothing is. */
  readonly lacks?: readonly string[];
}

/** A deployment told to the forge. */
export interface ForgeDeployment {
  /** The same key is the same deployment. */
  readonly key: string;
  readonly environment: string;
  readonly sha: string;
  /** Branch the commit stands on. */
  readonly branch: string;
  /** At most 140 characters. */
  readonly description: Redacted;
}

export interface DeploymentRef {
  readonly id: number;
}

/** A comment of a person, with a line that starts with `/fairlead`, found without a webhook. */
export interface FoundComment {
  readonly thread: Thread;
  readonly comment: number;
  readonly author: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** Whether our check stands on a commit: not at all, begun and not ended, or with a conclusion. */
export type CheckState = 'absent' | 'running' | 'done';

/** A webhook that the forge says it could not bring to us. */
export interface MissedDelivery {
  /** The id under which it is kept when it comes. */
  readonly id: string;
  /** How the forge finds it again; only the forge that made it can read it. */
  readonly handle: string;
  readonly event: string;
}

/** One repository of a forge. Intent, not CRUD: every `ensure` may run twice and must not mind. Throws `BorderError`. */
export interface RepoPort {
  readonly ref: RepoRef;
  pull(number: number): Promise<Pull>;
  /** Open pulls, newest update first, updated after `since` (null: all), capped at 3,000. */
  openPulls(since: Date | null): Promise<readonly Pull[]>;
  /** Pulls in any state that were updated after `since`, newest update first, capped at 3,000. */
  changedPulls(since: Date): Promise<readonly Pull[]>;
  /** What people wrote to us after `since`, newest first; what they edited as well. Capped at 1,000 comments of the repository. */
  newCommands(since: Date): Promise<readonly FoundComment[]>;
  /** What became of our check of this name on a commit. */
  checkState(sha: string, name: string): Promise<CheckState>;
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
  /**
   * Puts a line in the place of the first one of the comment of this key; what stands below stays. null: there is no such comment, or its
   * first line is this one or matches `unless`.
   */
  retitleComment(pull: number, key: string, line: Redacted, unless: RegExp | null): Promise<CommentOutcome | null>;
  /** One comment; null when it is gone. */
  comment(thread: Thread, id: number): Promise<Comment | null>;
  /** The one comment of this key in a thread: found by author and marker, created or edited. The answer to a command. */
  reply(thread: Thread, key: string, body: Redacted): Promise<CommentOutcome>;
  /** A reaction on a comment; a later one takes the place of an earlier one of ours. */
  acknowledge(thread: Thread, comment: number, how: Acknowledgement): Promise<void>;
  /** Merged pulls that brought this commit to its branch, newest first. */
  pullsForCommit(sha: string): Promise<readonly Pull[]>;
  /** Head of a branch; null when there is none. */
  branchHead(branch: string): Promise<string | null>;
  defaultBranch(): Promise<string>;
  /** Full id of the branch's head afterwards. Throws `conflict` when the branch is there with other content. */
  ensureBranchCommit(commit: BranchCommit): Promise<string>;
  /** The pull of this key: found by author and marker (in any state), else opened. An open one gets title and body when they differ. */
  ensurePull(spec: PullSpec): Promise<Pull>;
  /** Merges when the head is still `sha`; gives the commit on the base branch, also when it was merged at this head before. Throws `conflict` with the forge's reason. */
  merge(pull: number, options: { readonly sha: string }): Promise<string>;
  setLabels(
    pull: number,
    labels: { readonly add: readonly string[]; readonly remove: readonly string[] },
  ): Promise<void>;
  /** Closes with a word why; the branch stays. */
  closePull(pull: number, why: Redacted): Promise<void>;
  /** The one open issue of this key, by author and marker: created, or edited when title or body differ apart from `sameApartFrom`. Gives its number. */
  ensureIssue(key: string, title: Redacted, body: Redacted, sameApartFrom: RegExp | null): Promise<number>;
  /** The key of one of our own issues; null when the issue is not ours. */
  issueKey(issue: number): Promise<string | null>;
  /** Whether the user is in `organisation/team` (GitLab: a group path). False when there is no such team. */
  isMember(user: string, team: string): Promise<boolean>;
  approvals(pull: number): Promise<readonly Approval[]>;
  branchRules(branch: string): Promise<BranchRules>;
  /** Tells the forge that an environment gets a commit. */
  startDeployment(deployment: ForgeDeployment): Promise<DeploymentRef>;
  /** Tells how it ended (or goes on). */
  finishDeployment(
    ref: DeploymentRef,
    state: 'running' | 'success' | 'failure' | 'inactive',
    description: Redacted,
  ): Promise<void>;
  /** Creates or updates the check of this name on the commit. */
  report(sha: string, check: CheckReport): Promise<void>;
  /** What the user may do here, asked now. */
  roleOf(user: string): Promise<Role>;
}

/** What a forge can do; differences are data, never a name to be compared. */
export interface ForgeCapabilities {
  /** Checks carry remarks at lines. */
  readonly annotations: boolean;
  /** Approvals in reviews name the head they were given for. */
  readonly approvalHeads: boolean;
}

/** What is left of the calls an installation may make, for figures and for people. */
export interface BudgetFigure {
  readonly forge: string;
  /** null where the forge has none: one token. */
  readonly installation: number | null;
  /** null while the forge told nothing. */
  readonly limit: number | null;
  readonly remaining: number | null;
  /** When there are new ones, or calls are allowed again; null while that is not known. */
  readonly resetAt: Date | null;
  /** Whether what is not urgent waits. */
  readonly isDegraded: boolean;
}

/** One configured forge. Differences are data (`limits`), never a name to be compared elsewhere. */
export interface Forge {
  readonly name: string;
  readonly limits: ForgeLimits;
  readonly capabilities: ForgeCapabilities;
  readonly receiver: Receiver;
  /** Of every installation that was used since the start. */
  budgets(): readonly BudgetFigure[];
  repo(ref: RepoRef): Promise<RepoPort>;
  /** Every repository the credentials reach, archived ones left out, under its present name. */
  repositories(): Promise<readonly RepoRef[]>;
  /**
   * Webhooks since then that no try brought to us, as far as the forge remembers, those that matter most first. Empty where the
   * forge keeps no log, or shows it to nobody with our rights.
   */
  missedDeliveries(since: Date): Promise<readonly MissedDelivery[]>;
  /** Has a webhook sent again; it comes like any other. One that is forgotten is left out. */
  redeliver(missed: MissedDelivery): Promise<void>;
  /** Switches on again what the forge switched off for having failed too often: the names of the repositories concerned. */
  reviveHooks(): Promise<readonly string[]>;
  /** Asks the forge whether it takes our credentials. Throws `BorderError` when it does not, or does not answer. */
  proveAccess(): Promise<void>;
}
