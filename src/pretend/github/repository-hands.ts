import type { MergeGroup } from './merge-queue.ts';
import type { CheckRun, Comment, CommitStatus, Deployment, Issue, PullRequest } from './state.ts';

/** Files of a commit: path to content, null removes; `link:TARGET` makes a symbolic link, `exec:TEXT` an executable file. */
export type Files = Readonly<Record<string, string | null>>;

/** What to open a pull from. */
export interface PullSpec {
  readonly title: string;
  readonly body?: string;
  readonly author: string;
  readonly head: string;
  /** The default branch when left out. */
  readonly base?: string;
  readonly draft?: boolean;
  /** The head stands in a fork of the author. */
  readonly fork?: boolean;
}

/** One repository, as its owner and its users handle it. Every change sends the webhooks GitHub would send. */
export interface PretendRepository {
  readonly id: number;
  readonly fullName: string;
  readonly installation: number;
  /** The bare repository on disk. */
  readonly gitDir: string;
  /** Commits to a branch (made from the default branch when new); the commit id. */
  commit(branch: string, files: Files, message?: string): Promise<string>;
  /** Commits to the pull's head; the commit id. */
  pushToPull(pull: number, files: Files, message?: string): Promise<string>;
  deleteBranch(branch: string): Promise<void>;
  /** A file's mode and content at a revision. */
  file(revision: string, path: string): Promise<{ readonly mode: string; readonly content: string } | null>;
  refSha(ref: string): Promise<string | null>;

  openPull(spec: PullSpec): Promise<number>;
  /** Sends a `pull_request` event of an action, such as `edited` or `ready_for_review`, with extra fields. */
  touchPull(pull: number, action: string, extra?: object): Promise<void>;
  closePull(pull: number): Promise<void>;
  editPull(pull: number, changes: { title?: string; body?: string }): Promise<void>;
  /** Merges by hand; the commit on the base branch. */
  mergePull(pull: number, how?: { by?: string; method?: 'merge' | 'squash' }): Promise<string>;
  /** Puts pulls into the merge queue, one upon the other. */
  enqueue(pulls: readonly number[]): Promise<MergeGroup>;
  /** The queue has done with a group. */
  destroyGroup(group: MergeGroup, reason: 'merged' | 'invalidated' | 'dequeued'): Promise<void>;
  approve(pull: number, login: string): Promise<void>;
  requestChanges(pull: number, login: string): Promise<void>;
  /** Dismisses the approvals of a user. */
  dismissReviews(pull: number, login: string): Promise<void>;
  /** The API shows the pull as it is now for so many more reads, whatever happens to it. */
  lagPull(pull: number, reads: number): void;
  /** GitHub's staff takes a pull away. */
  erasePull(pull: number): void;
  /** All pulls, oldest first. */
  pulls(): readonly PullRequest[];

  /** A comment on a pull or issue by a person or, with the bot's login, by the app; its id. */
  addComment(issue: number, author: string, body: string): Promise<number>;
  editComment(comment: number, body: string): Promise<void>;
  deleteComment(comment: number): Promise<void>;
  /** Lists lag behind: they do not show these comments. */
  hideComments(comments: readonly number[]): void;
  /** Live comments of a pull or issue, oldest first, each with every body it had. */
  comments(issue: number): readonly Comment[];
  react(comment: number, login: string, content: string): void;
  openIssue(author: string, title: string, body: string): Promise<number>;
  closeIssue(issue: number): Promise<void>;
  /** All issues, oldest first. */
  issues(): readonly Issue[];

  /** Gives it another name or owner, such as `acme/other`; with another owner goes another installation. */
  moveTo(fullName: string): Promise<void>;
  archive(): Promise<void>;
  /** The owner takes the app off it. */
  uninstall(): Promise<void>;
  /** The owner puts the app on it again. */
  install(): Promise<void>;
  setRole(login: string, role: string): void;
  /** The user asks for the check to run again. */
  rerequest(checkRun: number): Promise<void>;
  /** From now on completed check runs keep what they came to, whatever they are told; or no more. */
  keepConclusions(isKeeping: boolean): void;
  /** The user asks for all checks of a commit to run again. */
  rerequestAll(sha: string): Promise<void>;
  /** Check runs of a commit, oldest first. */
  checkRuns(sha: string): readonly CheckRun[];
  deployments(): readonly Deployment[];
  /** Commit statuses of a commit, oldest first. */
  statuses(sha: string): readonly CommitStatus[];
  /** Checks that must pass before a pull goes into the branch, from this app alone or (null) from any. */
  protect(branch: string, checks: readonly string[], app?: number | null): void;
  /** Pulls may only be merged in these ways. */
  allowMerges(methods: readonly ('merge' | 'squash')[]): void;
  /** The app may not read rules from now on. */
  hideRules(): void;
}
