import type { GitRepository } from './git-repository.ts';

/** Permission name -> level, as app.yml and tokens spell it. */
export type Permissions = Readonly<Record<string, 'read' | 'write'>>;

export interface User {
  readonly id: number;
  readonly login: string;
  readonly type: 'User' | 'Bot';
}

export interface Comment {
  readonly id: number;
  readonly issue: number;
  readonly author: User;
  /** Set when an app wrote it. */
  readonly byApp: boolean;
  readonly createdAt: Date;
  body: string;
  updatedAt: Date;
  /** Every body it ever had, oldest first. */
  readonly history: string[];
  readonly reactions: string[];
  deleted: boolean;
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
  readonly annotations: Record<string, unknown>[];
  /** How many annotations each call carried. */
  readonly calls: number[];
}

export interface PullRequest {
  readonly id: number;
  readonly number: number;
  readonly title: string;
  readonly author: User;
  readonly headRef: string;
  baseRef: string;
  headSha: string;
  baseSha: string;
  state: 'open' | 'closed';
  mergedAt: Date | null;
  draft: boolean;
  readonly fork: boolean;
  /** The last test merge commit that could be made, or the merge commit once merged. Stale in conflict, as on GitHub. */
  mergeSha: string | null;
  isMergeable: boolean;
  readonly createdAt: Date;
  updatedAt: Date;
}

export interface Repository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly fullName: string;
  readonly isPrivate: boolean;
  readonly defaultBranch: string;
  readonly installation: number;
  readonly git: GitRepository;
  readonly pulls: Map<number, PullRequest>;
  readonly comments: Map<number, Comment>;
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
  readonly repositories: Map<string, Repository>;
  readonly users: Map<string, User>;
  readonly tokens: Map<string, Token>;
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
