import { join } from 'node:path';
import type { RunProcess } from '../../tools/process.ts';
import { announceMove, deleteBranch, moveHead } from './branch-actions.ts';
import { emit, emitPull } from './events.ts';
import { createGitRepository } from './git-repository.ts';
import { addComment, deleteComment, editComment, editIssue, openIssue, react } from './issue-actions.ts';
import { destroy, enqueue } from './merge-queue.ts';
import { installationOf, movingHands } from './moves.ts';
import { dismissReviews, editPull, mergePull, openPull, review } from './pull-actions.ts';
import type { Files, PretendRepository, PullSpec } from './repository-hands.ts';
import { botOf, type Comment, type Issue, type Place, pullOf, type Repository, userOf, type World } from './state.ts';

export type { PretendRepository } from './repository-hands.ts';

/** Makes a repository with an empty first commit on `main`, on which the app is installed. */
export async function addRepository(
  world: World,
  spec: {
    readonly owner: string;
    readonly name: string;
    readonly isPrivate?: boolean;
    readonly dir: string;
    readonly run: RunProcess;
  },
): Promise<PretendRepository> {
  const fullName = `${spec.owner}/${spec.name}`;
  const git = await createGitRepository(join(spec.dir, `${fullName}.git`), 'main', spec.run);
  await git.commit({ ref: 'refs/heads/main', parent: null, message: 'Begin', files: {}, at: world.now() });
  const repository: Repository = {
    id: world.nextId(),
    owner: spec.owner,
    name: spec.name,
    fullName,
    isPrivate: spec.isPrivate ?? true,
    defaultBranch: 'main',
    firstName: fullName,
    installation: installationOf(world, spec.owner),
    isArchived: false,
    git,
    pulls: new Map(),
    erased: new Set(),
    lags: new Map(),
    issues: new Map(),
    comments: new Map(),
    lagging: new Set(),
    keepsConclusions: false,
    reviews: [],
    deployments: new Map(),
    statuses: [],
    checkApp: null,
    requiredChecks: new Map(),
    mergeMethods: ['merge', 'squash'],
    rulesHidden: false,
    checkRuns: new Map(),
    roles: new Map(),
  };
  world.repositories.set(fullName, repository);
  world.formerNames.delete(fullName);
  const place = { world, repository };
  return { ...codeHands(place), ...pullHands(place), ...talkHands(place), ...ownerHands(place), ...movingHands(place) };
}

type CodeHands = Pick<
  PretendRepository,
  'id' | 'fullName' | 'installation' | 'gitDir' | 'commit' | 'pushToPull' | 'deleteBranch' | 'file' | 'refSha'
>;

function codeHands(place: Place): CodeHands {
  const { repository, world } = place;
  return {
    id: repository.id,
    fullName: repository.fullName,
    installation: repository.installation ?? 0,
    gitDir: repository.git.path,
    commit: (branch, files, message = 'Change') => commit(place, { branch, files, message }),
    pushToPull: (pull, files, message = 'Change') => pushToPull(place, pull, { files, message }),
    deleteBranch: (branch) => deleteBranch(place, userOf(world, repository.owner), branch),
    file: (revision, path) => repository.git.objects.readFile(revision, path),
    refSha: (ref) => repository.git.resolve(ref),
  };
}

type PullHands = Pick<
  PretendRepository,
  | 'openPull'
  | 'touchPull'
  | 'closePull'
  | 'editPull'
  | 'mergePull'
  | 'enqueue'
  | 'destroyGroup'
  | 'approve'
  | 'requestChanges'
  | 'dismissReviews'
  | 'lagPull'
  | 'erasePull'
  | 'pulls'
>;

function pullHands(place: Place): PullHands {
  const { repository, world } = place;
  const owner = () => userOf(world, repository.owner);
  return {
    openPull: (spec) => openByHand(place, spec),
    touchPull: (pull, action, extra = {}) =>
      emitPull(place, owner(), { pull: pullOf(repository, pull), action, extra }),
    closePull: (pull) => editPull(place, owner(), { pull: pullOf(repository, pull), state: 'closed' }),
    editPull: (pull, changes) => editPull(place, owner(), { pull: pullOf(repository, pull), ...changes }),
    mergePull: async (number, { by = 'mona', method = 'merge' } = {}) => {
      const pull = pullOf(repository, number);
      const title = `Merge pull request #${number}`;
      const merged = pull.state === 'open' && (await mergePull(place, userOf(world, by), { pull, method, title }));
      if (!merged) throw new Error(`pull ${number} cannot be merged`);
      return merged;
    },
    enqueue: (pulls) => enqueue(place, owner(), pulls),
    destroyGroup: (group, reason) => destroy(place, owner(), { group, reason }),
    approve: async (pull, login) => {
      await review(place, userOf(world, login), { pull, state: 'APPROVED' });
    },
    requestChanges: async (pull, login) => {
      await review(place, userOf(world, login), { pull, state: 'CHANGES_REQUESTED' });
    },
    dismissReviews: (pull, login) => dismissReviews(place, owner(), { pull, login }),
    lagPull: (pull, reads) => {
      repository.lags.set(pull, { pull: { ...pullOf(repository, pull) }, left: reads });
    },
    erasePull: (pull) => {
      repository.erased.add(pull);
    },
    pulls: () => [...repository.pulls.values()],
  };
}

type TalkHands = Pick<
  PretendRepository,
  | 'addComment'
  | 'editComment'
  | 'deleteComment'
  | 'hideComments'
  | 'comments'
  | 'react'
  | 'openIssue'
  | 'closeIssue'
  | 'issues'
>;

function talkHands(place: Place): TalkHands {
  const { repository, world } = place;
  const as = (login: string) => ({ user: userOf(world, login), byApp: userOf(world, login) === botOf(world) });
  return {
    addComment: async (issue, author, body) => (await addComment(place, as(author), { issue, body })).id,
    editComment: (id, body) => {
      const comment = commentOf(repository, id);
      return editComment(place, as(comment.author.login), { comment, body });
    },
    deleteComment: (id) => deleteComment(place, as(repository.owner), commentOf(repository, id)),
    hideComments: (ids) => {
      repository.lagging = new Set(ids);
    },
    comments: (issue) => [...repository.comments.values()].filter((entry) => entry.issue === issue && !entry.deleted),
    react: (id, login, content) => {
      react(place, userOf(world, login), { comment: commentOf(repository, id), content });
    },
    openIssue: async (author, title, body) => (await openIssue(place, as(author), { title, body })).number,
    closeIssue: (issue) =>
      editIssue(place, as(repository.owner), { issue: issueOf(repository, issue), state: 'closed' }),
    issues: () => [...repository.issues.values()],
  };
}

type OwnerHands = Pick<
  PretendRepository,
  | 'setRole'
  | 'keepConclusions'
  | 'rerequest'
  | 'rerequestAll'
  | 'checkRuns'
  | 'statuses'
  | 'deployments'
  | 'protect'
  | 'allowMerges'
  | 'hideRules'
>;

function ownerHands(place: Place): OwnerHands {
  const { repository, world } = place;
  return {
    setRole: (login, role) => {
      repository.roles.set(userOf(world, login).login, role);
    },
    keepConclusions: (isKeeping) => {
      repository.keepsConclusions = isKeeping;
    },
    rerequest: (checkRun) => rerequest(place, checkRun),
    rerequestAll: (sha) => rerequestAll(place, sha),
    checkRuns: (sha) => [...repository.checkRuns.values()].filter((run) => run.headSha === sha),
    deployments: () => [...repository.deployments.values()],
    statuses: (sha) => repository.statuses.filter((status) => status.sha === sha),
    protect: (branch, checks, app = null) => {
      repository.requiredChecks.set(branch, checks);
      repository.checkApp = app;
    },
    allowMerges: (methods) => {
      repository.mergeMethods = methods;
    },
    hideRules: () => {
      repository.rulesHidden = true;
    },
  };
}

async function commit(place: Place, what: { branch: string; files: Files; message: string }): Promise<string> {
  const { repository, world } = place;
  const ref = `refs/heads/${what.branch}`;
  const before = await repository.git.resolve(ref);
  const parent = before ?? (await repository.git.resolve(`refs/heads/${repository.defaultBranch}`));
  const { files, message } = what;
  const sha = await repository.git.commit({ ref, parent, message, files, at: world.now() });
  await announceMove(place, userOf(world, repository.owner), { branch: what.branch, before, after: sha });
  return sha;
}

async function openByHand(place: Place, spec: PullSpec): Promise<number> {
  const { title, body = '', author, head, base = place.repository.defaultBranch, draft = false, fork = false } = spec;
  const pull = await openPull(place, userOf(place.world, author), { title, body, head, base, draft, fork });
  if (pull === null) throw new Error(`there is no branch ${head} or ${base}`);
  return pull.number;
}

async function pushToPull(place: Place, number: number, what: { files: Files; message: string }): Promise<string> {
  const { repository, world } = place;
  const pull = pullOf(repository, number);
  if (!pull.fork) return commit(place, { branch: pull.headRef, ...what });
  const ref = `refs/heads/${pull.headRef}`;
  const sha = await repository.git.commit({ ref, parent: pull.headSha, ...what, at: world.now() });
  await moveHead(place, pull.author, { pull, sha });
  return sha;
}

async function rerequest(place: Place, id: number): Promise<void> {
  const { repository, world } = place;
  const run = repository.checkRuns.get(id);
  if (run === undefined) throw new Error(`there is no check run ${id}`);
  const checkRun = { id, name: run.name, head_sha: run.headSha, external_id: run.externalId };
  await emit(place, userOf(world, repository.owner), 'check_run', { action: 'rerequested', check_run: checkRun });
}

async function rerequestAll(place: Place, sha: string): Promise<void> {
  const { repository, world } = place;
  const app = { id: world.app.id, slug: world.app.slug };
  const suite = { id: world.nextId(), head_sha: sha, status: 'queued', conclusion: null, app };
  await emit(place, userOf(world, repository.owner), 'check_suite', { action: 'rerequested', check_suite: suite });
}

function commentOf(repository: Repository, id: number): Comment {
  const comment = repository.comments.get(id);
  if (comment === undefined) throw new Error(`${repository.fullName} has no comment ${id}`);
  return comment;
}

function issueOf(repository: Repository, number: number): Issue {
  const issue = repository.issues.get(number);
  if (issue === undefined) throw new Error(`${repository.fullName} has no issue ${number}`);
  return issue;
}
