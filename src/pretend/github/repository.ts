import { join } from 'node:path';
import { pullBody, repositoryBody, userBody } from './bodies.ts';
import type { Contract } from './description.ts';
import { createGitRepository, type GitRepository } from './git-repository.ts';
import type { Hooks } from './hooks.ts';
import {
  type CheckRun,
  type Comment,
  type PullRequest,
  pullOf,
  type Repository,
  type User,
  userOf,
  type World,
} from './state.ts';

/** Files of a commit: path to content, null removes; `link:TARGET` makes a symbolic link. */
export type Files = Readonly<Record<string, string | null>>;

/** What to open a pull from. */
export interface PullSpec {
  readonly title: string;
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
  openPull(spec: PullSpec): Promise<number>;
  /** Commits to the pull's head; the commit id. */
  pushToPull(pull: number, files: Files, message?: string): Promise<string>;
  /** Sends a `pull_request` event of an action, such as `edited` or `ready_for_review`, with extra fields. */
  touchPull(pull: number, action: string, extra?: object): Promise<void>;
  closePull(pull: number): Promise<void>;
  mergePull(pull: number): Promise<string>;
  setRole(login: string, role: string): void;
  /** A comment by a person. */
  addComment(pull: number, author: string, body: string): number;
  /** The user asks for the check to run again. */
  rerequest(checkRun: number): Promise<void>;
  /** Live comments, oldest first, each with every body it had. */
  comments(pull: number): readonly Comment[];
  /** Check runs of a commit, oldest first. */
  checkRuns(sha: string): readonly CheckRun[];
  refSha(ref: string): Promise<string | null>;
}

interface Surroundings {
  readonly world: World;
  readonly hooks: Hooks;
  readonly contract: Contract;
  readonly dir: string;
}

interface Here extends Surroundings {
  readonly repository: Repository;
}

/** Makes a repository with an empty first commit on `main`, on which the app is installed. */
export async function addRepository(
  around: Surroundings,
  spec: { owner: string; name: string; isPrivate?: boolean },
): Promise<PretendRepository> {
  const { world } = around;
  const fullName = `${spec.owner}/${spec.name}`;
  const git = await createGitRepository(join(around.dir, `${fullName}.git`), 'main');
  await git.commit({ ref: 'refs/heads/main', parent: null, message: 'Begin', files: {}, at: world.now() });
  const repository: Repository = {
    id: world.nextId(),
    owner: spec.owner,
    name: spec.name,
    fullName,
    isPrivate: spec.isPrivate ?? true,
    defaultBranch: 'main',
    installation: userOf(world, spec.owner).id + 500_000,
    git,
    pulls: new Map(),
    comments: new Map(),
    checkRuns: new Map(),
    roles: new Map(),
  };
  world.repositories.set(fullName, repository);
  return describe({ ...around, repository });
}

function describe(here: Here): PretendRepository {
  const { repository, world } = here;
  return {
    id: repository.id,
    fullName: repository.fullName,
    installation: repository.installation,
    gitDir: repository.git.path,
    commit: (branch, files, message = 'Change') => commit(here, branch, files, message),
    openPull: (spec) => openPull(here, spec),
    pushToPull: (pull, files, message = 'Change') => pushToPull(here, pull, files, message),
    touchPull: (pull, action, extra = {}) => emitPull(here, pullOf(repository, pull), action, extra),
    closePull: (pull) => closePull(here, pullOf(repository, pull)),
    mergePull: (pull) => mergePull(here, pullOf(repository, pull)),
    setRole: (login, role) => {
      repository.roles.set(userOf(world, login).login, role);
    },
    addComment: (pull, author, body) => addComment(here, pull, userOf(world, author), body),
    rerequest: (checkRun) => rerequest(here, checkRun),
    comments: (pull) => [...repository.comments.values()].filter((entry) => entry.issue === pull && !entry.deleted),
    checkRuns: (sha) => [...repository.checkRuns.values()].filter((run) => run.headSha === sha),
    refSha: (ref) => repository.git.resolve(ref),
  };
}

async function commit(here: Here, branch: string, files: Files, message: string): Promise<string> {
  const { repository, world } = here;
  const ref = `refs/heads/${branch}`;
  const before = await repository.git.resolve(ref);
  const parent = before ?? (await repository.git.resolve(`refs/heads/${repository.defaultBranch}`));
  const sha = await repository.git.commit({ ref, parent, message, files, at: world.now() });
  for (const pull of openPulls(repository)) await follow(here, pull, branch, sha);
  await emit(here, 'push', { ref, before: before ?? '0'.repeat(40), after: sha, deleted: false });
  return sha;
}

/** A branch moved: pulls from it get a new head, pulls into it a new merge commit. */
async function follow(here: Here, pull: PullRequest, branch: string, sha: string): Promise<void> {
  if (pull.baseRef === branch) {
    pull.baseSha = sha;
    await remerge(here, pull);
  }
  if (pull.headRef === branch && !pull.fork) await moveHead(here, pull, sha);
}

async function openPull(here: Here, spec: PullSpec): Promise<number> {
  const { repository, world } = here;
  const baseRef = spec.base ?? repository.defaultBranch;
  const [headSha, baseSha] = await Promise.all([
    mustResolve(repository.git, spec.head),
    mustResolve(repository.git, baseRef),
  ]);
  const at = world.now();
  const pull: PullRequest = {
    id: world.nextId(),
    number: repository.pulls.size + 1,
    title: spec.title,
    author: userOf(world, spec.author),
    headRef: spec.head,
    baseRef,
    headSha,
    baseSha,
    state: 'open',
    mergedAt: null,
    draft: spec.draft ?? false,
    fork: spec.fork ?? false,
    mergeSha: null,
    isMergeable: false,
    createdAt: at,
    updatedAt: at,
  };
  repository.pulls.set(pull.number, pull);
  await repository.git.setRef(`refs/pull/${pull.number}/head`, headSha);
  await remerge(here, pull);
  await emitPull(here, pull, 'opened');
  return pull.number;
}

async function pushToPull(here: Here, number: number, files: Files, message: string): Promise<string> {
  const pull = pullOf(here.repository, number);
  if (!pull.fork) return commit(here, pull.headRef, files, message);
  const ref = `refs/heads/${pull.headRef}`;
  const at = here.world.now();
  const sha = await here.repository.git.commit({ ref, parent: pull.headSha, message, files, at });
  await moveHead(here, pull, sha);
  return sha;
}

async function moveHead(here: Here, pull: PullRequest, sha: string): Promise<void> {
  const before = pull.headSha;
  pull.headSha = sha;
  pull.updatedAt = here.world.now();
  await here.repository.git.setRef(`refs/pull/${pull.number}/head`, sha);
  await remerge(here, pull);
  await emitPull(here, pull, 'synchronize', { before, after: sha });
}

/** Makes the test merge commit under `refs/pull/N/merge`. In conflict ref and commit stay what they were, as on GitHub. */
async function remerge({ repository, world }: Here, pull: PullRequest): Promise<void> {
  const ref = `refs/pull/${pull.number}/merge`;
  const message = `Merge ${pull.headSha} into ${pull.baseSha}`;
  const sides = { base: pull.baseSha, head: pull.headSha };
  const merged = await repository.git.merge({ ...sides, ref, message, at: world.now() });
  pull.isMergeable = merged !== null;
  pull.mergeSha = merged ?? pull.mergeSha;
}

async function closePull(here: Here, pull: PullRequest): Promise<void> {
  pull.state = 'closed';
  pull.updatedAt = here.world.now();
  await emitPull(here, pull, 'closed');
}

async function mergePull(here: Here, pull: PullRequest): Promise<string> {
  const { repository, world } = here;
  const { mergeSha } = pull;
  if (mergeSha === null || !pull.isMergeable) throw new Error(`pull ${pull.number} is in conflict`);
  await repository.git.setRef(`refs/heads/${pull.baseRef}`, mergeSha);
  pull.mergedAt = world.now();
  await closePull(here, pull);
  for (const other of openPulls(repository)) await follow(here, other, pull.baseRef, mergeSha);
  const ref = `refs/heads/${pull.baseRef}`;
  await emit(here, 'push', { ref, before: pull.baseSha, after: mergeSha, deleted: false });
  return mergeSha;
}

function addComment({ repository, world }: Here, issue: number, author: User, body: string): number {
  const at = world.now();
  const facts = { id: world.nextId(), issue, author, byApp: false, createdAt: at, updatedAt: at };
  const comment: Comment = { ...facts, body, history: [body], reactions: [], deleted: false };
  repository.comments.set(comment.id, comment);
  return comment.id;
}

async function rerequest(here: Here, id: number): Promise<void> {
  const run = here.repository.checkRuns.get(id);
  if (run === undefined) throw new Error(`there is no check run ${id}`);
  const checkRun = { id, name: run.name, head_sha: run.headSha, external_id: run.externalId };
  await emit(here, 'check_run', { action: 'rerequested', check_run: checkRun });
}

function emitPull(here: Here, pull: PullRequest, action: string, extra: object = {}): Promise<void> {
  const body = here.contract.completeSchema('pull-request', pullBody(here.world, here.repository, pull));
  return emit(here, 'pull_request', { action, number: pull.number, pull_request: body, ...extra });
}

function emit({ world, hooks, contract, repository }: Here, event: string, payload: object): Promise<void> {
  if (!world.app.events.includes(event)) return Promise.resolve();
  return hooks.emit(event, {
    ...payload,
    repository: contract.completeSchema('repository', repositoryBody(world, repository)),
    installation: { id: repository.installation, node_id: '' },
    sender: contract.completeSchema('simple-user', userBody(world, userOf(world, repository.owner))),
  });
}

function openPulls(repository: Repository): PullRequest[] {
  return [...repository.pulls.values()].filter((pull) => pull.state === 'open');
}

async function mustResolve(git: GitRepository, branch: string): Promise<string> {
  const sha = await git.resolve(`refs/heads/${branch}`);
  if (sha === null) throw new Error(`there is no branch ${branch}`);
  return sha;
}
