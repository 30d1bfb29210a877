import type { Thread } from '../../src/model/repo.ts';
import type { Acknowledgement, Forge, RepoPort } from '../../src/world/forge/forge.ts';
import type { RawDelivery } from '../../src/world/forge/receiver.ts';

/** Files of a commit: path to text; null removes. */
export type StageFiles = Readonly<Record<string, string | null>>;

/** What a forge shows people about a check. */
export interface ShownCheck {
  readonly name: string;
  readonly isDone: boolean;
  readonly conclusion: string | null;
  readonly title: string | null;
  readonly annotations: number;
}

/** What a forge shows people about a comment. */
export interface ShownComment {
  readonly id: number;
  readonly author: string;
  readonly body: string;
}

/** What a forge shows people about a pull. */
export interface ShownPull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: 'open' | 'closed' | 'merged';
  /** Branch it comes from. */
  readonly head: string;
  readonly base: string;
  readonly author: string;
  readonly labels: readonly string[];
}

/** What a forge shows people about an issue. */
export interface ShownIssue {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly isOpen: boolean;
  readonly author: string;
}

/** What a forge shows people about a deployment. */
export interface ShownDeployment {
  readonly id: number;
  readonly environment: string;
  readonly sha: string;
  /** What it was told, oldest first, in the contract's words; nothing beyond what `finishDeployment` said. */
  readonly states: readonly ('running' | 'success' | 'failure' | 'inactive')[];
}

/** What the forge answers to the next request that matches. */
export interface StageFault {
  readonly kind:
    | 'unauthorized' // 401
    | 'forbidden' // 403
    | 'not-found' // 404
    | 'conflict' // 409
    | 'invalid' // 422, or 400 where the forge says that
    | 'limited' // 429 with Retry-After: 7
    | 'unavailable' // 503
    | 'lost-answer'; // the work is done, the answer is 502
  /** `read`: GET. `create`: POST. `edit`: PATCH or PUT. `remove`: DELETE. */
  readonly on: 'read' | 'create' | 'edit' | 'remove';
  /** How many matching requests pass first; 0 when left out. */
  readonly after?: number;
  /** How many it hits, 1 when left out. Reads may be retried by the client, so a read that must fail needs several. */
  readonly times?: number;
}

/** What a request makes. */
export type StageMaking = 'comment' | 'reaction' | 'check' | 'branch' | 'pull' | 'issue' | 'deployment';

/** How an answer is lost once the work is done: to an error of the server, a broken connection, half of it, a proxy's page. */
export type StageLoss =
  | 'server-error-after-commit'
  | 'bad-gateway-after-commit'
  | 'gateway-timeout-after-commit'
  | 'reset-after-commit'
  | 'truncated'
  | 'html';

/**
 * A forge with one repository (branch `main`) and the hands of its users. Users are made on first mention. Whatever
 * changes something sends the webhooks that the real forge would send.
 */
export interface ForgeStage {
  readonly forge: Forge;
  readonly port: RepoPort;
  /** Login of our own user. */
  readonly bot: string;
  /** A team that exists and has nobody in it, as `isMember` takes it. */
  readonly team: string;

  /** Commits files to a branch (made from `main` when new) as a person; the commit id. */
  commit(branch: string, files: StageFiles): Promise<string>;
  /** Commits one executable file. */
  commitScript(branch: string, path: string, content: string): Promise<string>;
  /** Text of a file at a branch and its Git mode (`100644`); null when it is not there. */
  file(branch: string, path: string): Promise<{ readonly content: string; readonly mode: string } | null>;
  deleteBranch(branch: string): Promise<void>;

  openPull(spec: {
    head: string;
    base?: string;
    title?: string;
    body?: string;
    author?: string;
    fork?: boolean;
    draft?: boolean;
  }): Promise<number>;
  editPull(pull: number, changes: { title?: string; body?: string }): Promise<void>;
  pushToPull(pull: number, files: StageFiles): Promise<string>;
  closePull(pull: number): Promise<void>;
  /** A person (`mona` when left out) merges by hand with a merge commit, or squashed; the commit on the base branch. */
  mergePull(pull: number, how?: { by?: string; method?: 'merge' | 'squash' }): Promise<string>;
  /** All pulls, oldest first. */
  pulls(): readonly ShownPull[];
  /** Approves the pull's head of now. */
  approve(pull: number, user: string): Promise<void>;
  /** Takes an approval back: changes requested, dismissed, unapproved. */
  withdrawApproval(pull: number, user: string): Promise<void>;

  openIssue(author: string, title: string, body: string): Promise<number>;
  closeIssue(issue: number): Promise<void>;
  /** All issues, oldest first. */
  issues(): readonly ShownIssue[];

  /** A comment by a person or, with the bot's login, by us; its id. */
  addComment(thread: Thread, author: string, body: string): Promise<number>;
  editComment(thread: Thread, comment: number, body: string): Promise<void>;
  deleteComment(thread: Thread, comment: number): Promise<void>;
  /** Live comments that hold text, oldest first. Notes that the forge writes by itself do not count. */
  comments(thread: Thread): readonly ShownComment[];
  react(thread: Thread, comment: number, user: string, how: Acknowledgement): Promise<void>;
  /** What stands below a comment, by whom. */
  reactions(thread: Thread, comment: number): readonly { readonly user: string; readonly how: Acknowledgement }[];

  setRole(user: string, role: string): void;
  addMember(team: string, user: string): void;
  /** Checks must pass before a pull goes into the branch. */
  protect(branch: string, checks: readonly string[]): void;
  /** From now on the bot may not read how branches are protected. */
  hideRules(): void;

  /** The newest check of each name on a commit. */
  checks(sha: string): readonly ShownCheck[];
  deployments(): readonly ShownDeployment[];
  /** Every webhook so far, signed as the forge's receiver expects it, oldest first. */
  deliveries(): readonly RawDelivery[];
  /** Where webhooks go; null: nowhere. */
  deliverTo(url: string | null): void;
  /** Whether webhooks are lost on their way from now on. */
  loseDeliveries(isLosing: boolean): void;
  failNext(fault: StageFault): void;
  /** The next request that makes one is carried out, and its answer lost. */
  loseAnswer(what: StageMaking, how: StageLoss): void;
  /** Requests so far that make one, whatever was answered. */
  made(what: StageMaking): number;
  /** Lists leave these comments out from now on, as ones that lag behind do; each alone is shown. */
  hideComments(ids: readonly number[]): void;
  /** A second adapter without the memory of the first, as after a restart. */
  restart(): Promise<RepoPort>;
  /** Requests other than GET so far, sign-in left out. */
  writes(): number;
  /** Throws when a request or an answer broke the official description. */
  stop(): Promise<void>;
}

/** The thread of a pull. */
export const pullThread = (number: number): Thread => ({ kind: 'pull', number });

/** The thread of an issue. */
export const issueThread = (number: number): Thread => ({ kind: 'issue', number });
