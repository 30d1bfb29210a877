import type { GitRepository } from '../github/git-repository.ts';
import type { Contract } from './description.ts';
import type { Hooks } from './hooks.ts';
import type { ExecutedAction } from './quick-actions.ts';

export interface User {
  readonly id: number;
  readonly username: string;
  readonly isBot: boolean;
  state: 'active' | 'blocked';
}

/** Where a note stands. */
export interface Place {
  readonly kind: 'pull' | 'issue';
  readonly number: number;
}

export interface Award {
  readonly id: number;
  readonly name: string;
  readonly user: User;
  readonly createdAt: Date;
}

export interface Note {
  readonly id: number;
  readonly place: Place;
  readonly author: User;
  readonly system: boolean;
  readonly internal: boolean;
  readonly createdAt: Date;
  body: string;
  /** Moved by edits and by emoji alike, as GitLab does it. */
  updatedAt: Date;
  lastEditedAt: Date | null;
  /** Every body it ever had, oldest first. */
  readonly history: string[];
  awards: Award[];
}

export interface MergeRequest {
  readonly id: number;
  readonly iid: number;
  readonly author: User;
  readonly sourceProject: Project;
  readonly sourceBranch: string;
  targetBranch: string;
  title: string;
  description: string;
  draft: boolean;
  headSha: string;
  /** Head of the target when the head last moved; GitLab does not follow the target. */
  startSha: string;
  state: 'opened' | 'closed' | 'merged';
  mergedAt: Date | null;
  mergeUser: User | null;
  mergeCommitSha: string | null;
  squashCommitSha: string | null;
  /** What GitLab knows of conflicts; `unchecked` after every move until somebody asks. */
  mergeStatus: 'unchecked' | 'can_be_merged' | 'cannot_be_merged';
  mergeRef: string | null;
  labels: string[];
  approvals: User[];
  readonly createdAt: Date;
  updatedAt: Date;
}

export interface Issue {
  readonly id: number;
  readonly iid: number;
  readonly author: User;
  title: string;
  description: string;
  state: 'opened' | 'closed';
  readonly createdAt: Date;
  updatedAt: Date;
}

export interface Pipeline {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  /** `external` where a status alone brought it about. */
  readonly source: 'push' | 'merge_request_event' | 'external';
  /** Of its own jobs; statuses count on top. */
  status: 'running' | 'success' | 'failed';
}

export interface Status {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  readonly pipeline: number;
  readonly name: string;
  readonly author: User;
  readonly createdAt: Date;
  state: 'pending' | 'running' | 'success' | 'failed' | 'canceled';
  description: string | null;
}

export type DeploymentState = 'running' | 'success' | 'failed' | 'canceled';

export interface Deployment {
  readonly id: number;
  readonly environment: string;
  readonly sha: string;
  readonly ref: string;
  readonly user: User;
  readonly createdAt: Date;
  updatedAt: Date;
  status: DeploymentState;
  /** Every state it had, oldest first. */
  readonly history: DeploymentState[];
}

export interface Project {
  readonly id: number;
  readonly fullName: string;
  readonly name: string;
  readonly isPrivate: boolean;
  readonly defaultBranch: string;
  readonly git: GitRepository;
  /** Project it was forked from. */
  readonly parent: Project | null;
  readonly mergeRequests: Map<number, MergeRequest>;
  readonly issues: Map<number, Issue>;
  readonly notes: Map<number, Note>;
  /** Notes that lists do not show yet. */
  lagging: ReadonlySet<number>;
  readonly pipelines: Pipeline[];
  readonly statuses: Status[];
  readonly deployments: Map<number, Deployment>;
  /** User id -> access level. */
  readonly members: Map<number, number>;
  readonly protectedBranches: Set<string>;
  /** Jobs that the project's CI runs on every commit; empty without CI. */
  ciJobs: readonly string[];
  mustPipelinesSucceed: boolean;
  /** Whether the API shows the settings of merge requests. */
  showsSettings: boolean;
}

export interface Group {
  readonly id: number;
  readonly path: string;
  readonly members: Map<number, number>;
}

export interface Token {
  readonly value: string;
  readonly user: User;
  readonly scopes: readonly ('api' | 'read_api' | 'read_repository')[];
  readonly expiresAt: Date | null;
}

/** Everything the pretend GitLab knows. */
export interface World {
  readonly now: () => Date;
  readonly contract: Contract;
  readonly hooks: Hooks;
  readonly users: Map<string, User>;
  readonly projects: Map<number, Project>;
  readonly groups: Map<string, Group>;
  readonly tokens: Map<string, Token>;
  /** Quick actions that were run, oldest first, with whose rights. */
  readonly executed: ExecutedAction[];
  /** What it says its version is. */
  version: string;
  /** `http://127.0.0.1:PORT`, set once the server listens. */
  origin: string;
  nextId(): number;
}

/** A project in its world. */
export interface Here {
  readonly world: World;
  readonly project: Project;
}

/** The user of this name, made on first mention. */
export function userOf(world: World, username: string): User {
  const known = world.users.get(username);
  if (known !== undefined) return known;
  const isBot = /^(?:project|group)_\d+_bot/.test(username);
  const user: User = { id: world.nextId(), username, isBot, state: 'active' };
  world.users.set(username, user);
  return user;
}

/** A merge request of a project by number. */
export function mergeRequestOf(project: Project, iid: number): MergeRequest {
  const found = project.mergeRequests.get(iid);
  if (found === undefined) throw new Error(`${project.fullName} has no merge request ${iid}`);
  return found;
}
