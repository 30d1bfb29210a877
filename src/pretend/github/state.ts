import type { Contract } from './description.ts';
import type { GitRepository } from './git-repository.ts';
import type { Hooks } from './hooks.ts';

/** Permission name -> level, as app.yml and tokens spell it. */
export type Permissions = Readonly<Record<string, 'read' | 'write'>>;

export interface User {
  readonly id: number;
  readonly login: string;
  readonly type: 'User' | 'Bot';
}

export interface Reaction {
  readonly id: number;
  readonly user: User;
  readonly content: string;
  readonly createdAt: Date;
}

export interface Comment {
  readonly id: number;
  /** Number of the pull or issue it stands on. */
  readonly issue: number;
  readonly author: User;
  /** Set when an app wrote it. */
  readonly byApp: boolean;
  readonly createdAt: Date;
  body: string;
  updatedAt: Date;
  /** Every body it ever had, oldest first. */
  readonly history: string[];
  readonly reactions: Reaction[];
  deleted: boolean;
}

/** An issue that is no pull. Both are numbered in one row. */
export interface Issue {
  readonly id: number;
  readonly number: number;
  readonly author: User;
  readonly byApp: boolean;
  readonly labels: string[];
  readonly createdAt: Date;
  title: string;
  body: string;
  state: 'open' | 'closed';
  updatedAt: Date;
}

export interface Review {
  readonly id: number;
  readonly pull: number;
  readonly user: User;
  /** Head it was given for. */
  readonly commitId: string;
  readonly submittedAt: Date;
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED';
}

export interface DeploymentStatus {
  readonly id: number;
  readonly state: string;
  readonly description: string;
  readonly createdAt: Date;
}

export interface Deployment {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  readonly task: string;
  readonly environment: string;
  readonly description: string | null;
  readonly payload: unknown;
  readonly creator: User;
  readonly createdAt: Date;
  /** Oldest first. */
  readonly statuses: DeploymentStatus[];
}

export interface CheckRun {
  readonly id: number;
  readonly name: string;
  readonly headSha: string;
  readonly externalId: string | null;
  readonly byApp: boolean;
  readonly startedAt: Date;
  status: string;
  conclusion: string | null;
  completedAt: Date | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  readonly annotations: Record<string, unknown>[];
  /** How many annotations each call carried. */
  readonly calls: number[];
}

export interface CommitStatus {
  readonly id: number;
  readonly sha: string;
  readonly context: string;
  readonly state: string;
  readonly description: string | null;
  readonly creator: User;
  readonly createdAt: Date;
}

export interface PullRequest {
  readonly id: number;
  readonly number: number;
  title: string;
  body: string;
  readonly labels: string[];
  readonly author: User;
  readonly headRef: string;
  baseRef: string;
  headSha: string;
  baseSha: string;
  state: 'open' | 'closed';
  mergedAt: Date | null;
  mergedBy: User | null;
  draft: boolean;
  readonly fork: boolean;
  /** The last test merge commit that could be made, or the merge commit once merged. Stale in conflict, as on GitHub. */
  mergeSha: string | null;
  isMergeable: boolean;
  /** Whether the base moved since the test merge was made. */
  isMergeStale: boolean;
  readonly createdAt: Date;
  updatedAt: Date;
}

export interface Repository {
  readonly id: number;
  owner: string;
  name: string;
  fullName: string;
  /** The name it began with, under which Git keeps it. */
  readonly firstName: string;
  readonly isPrivate: boolean;
  readonly defaultBranch: string;
  /** Null where the app is not installed. */
  installation: number | null;
  isArchived: boolean;
  readonly git: GitRepository;
  readonly pulls: Map<number, PullRequest>;
  /** Pulls that were taken away. */
  readonly erased: Set<number>;
  /** Pulls that the API shows as they were, for so many more reads. */
  readonly lags: Map<number, { readonly pull: PullRequest; left: number }>;
  readonly issues: Map<number, Issue>;
  readonly comments: Map<number, Comment>;
  /** Comments that lists do not show yet, as lists may lag behind. */
  lagging: ReadonlySet<number>;
  /** Whether a completed check run keeps what it came to, whatever it is told. */
  keepsConclusions: boolean;
  readonly reviews: Review[];
  readonly deployments: Map<number, Deployment>;
  /** Commit statuses, oldest first. */
  readonly statuses: CommitStatus[];
  /** The only app that required checks are taken from; null for any. */
  checkApp: number | null;
  /** Branch -> checks that must pass before a pull goes into it. */
  readonly requiredChecks: Map<string, readonly string[]>;
  /** Ways its owner lets people merge by; rebasing is not modelled. */
  mergeMethods: readonly ('merge' | 'squash')[];
  /** Whether rules may not be read, as in private repositories of a plan without them. */
  rulesHidden: boolean;
  readonly checkRuns: Map<number, CheckRun>;
  /** Login -> role name. Whoever is missing has none. */
  readonly roles: Map<string, string>;
}

export interface Token {
  readonly value: string;
  readonly permissions: Permissions;
  /** Full names it reaches; null means every repository of the installation. */
  readonly repositories: readonly string[] | null;
  readonly installation: number | null;
  readonly user: User;
  readonly byApp: boolean;
  /** Whether `GET /user` answers: installation and Actions tokens have no user of their own. */
  readonly isPersonal: boolean;
  readonly expiresAt: Date;
}

/** Everything the pretend GitHub knows. */
export interface World {
  readonly now: () => Date;
  readonly app: AppFacts;
  /** Apps made from a manifest, by the code that was given for them. */
  readonly manifests: Map<string, MadeApp>;
  readonly repositories: Map<string, Repository>;
  /** Names that repositories had before, as long as nobody else has them. */
  readonly formerNames: Map<string, Repository>;
  readonly users: Map<string, User>;
  readonly tokens: Map<string, Token>;
  /** `acme/sre` -> logins of its members. */
  readonly teams: Map<string, Set<string>>;
  readonly hooks: Hooks;
  readonly contract: Contract;
  /** `http://127.0.0.1:PORT`, set once the server listens. */
  origin: string;
  nextId(): number;
}

export interface AppFacts {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly publicKey: string;
  readonly privateKey: string;
  readonly permissions: Permissions;
  readonly events: readonly string[];
  /** Login of the user or organisation it belongs to. */
  readonly owner: string;
}

/** An app as its owner made it from a manifest. */
export interface MadeApp {
  readonly app: AppFacts;
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly webhookSecret: string;
  readonly madeAt: Date;
  /** Whether its credentials were handed out, which happens once. */
  isTaken: boolean;
}

/** The user of this login, made on first mention. A login in brackets is a bot: `fairlead[bot]`. */
export function userOf(world: World, login: string): User {
  const known = world.users.get(login);
  if (known !== undefined) return known;
  const user: User = { id: world.nextId(), login, type: login.endsWith('[bot]') ? 'Bot' : 'User' };
  world.users.set(login, user);
  return user;
}

/** The user that the app's comments come from. */
export function botOf(world: World): User {
  return userOf(world, `${world.app.slug}[bot]`);
}

/** A pull of a repository by number. */
export function pullOf(repository: Repository, number: number): PullRequest {
  const pull = repository.pulls.get(number);
  if (pull === undefined) throw new Error(`${repository.fullName} has no pull ${number}`);
  return pull;
}

/** One repository in its world: what every change works on. */
export interface Place {
  readonly world: World;
  readonly repository: Repository;
}
