import { join } from 'node:path';
import type { RunProcess } from '../../tools/process.ts';
import { createGitRepository } from '../github/git-repository.ts';
import { announceMove, moveHead } from './branch-actions.ts';
import { editIssue, openIssue } from './issue-actions.ts';
import {
  approve,
  editMergeRequest,
  mergeMergeRequest,
  openMergeRequest,
  type RequestChanges,
} from './merge-request-actions.ts';
import { addNote, awardNote, editNote, notesOf } from './note-actions.ts';
import {
  type Deployment,
  type Here,
  type Issue,
  type MergeRequest,
  mergeRequestOf,
  type Note,
  type Place,
  type Project,
  type Status,
  userOf,
  type World,
} from './state.ts';

/** Files of a commit: path to content, null removes; `link:TARGET` makes a symbolic link, `exec:` a script. */
export type Files = Readonly<Record<string, string | null>>;

/** What to open a merge request from. */
export interface PullSpec {
  readonly title: string;
  readonly author: string;
  readonly head: string;
  readonly base?: string;
  readonly body?: string;
  readonly draft?: boolean;
  /** The head stands in a fork of the author. */
  readonly fork?: boolean;
}

/** One project, as its owner and its users handle it. Every change sends the webhooks GitLab would send. */
export interface PretendProject {
  readonly id: number;
  readonly fullName: string;
  /** The bare repository on disk. */
  readonly gitDir: string;
  /** Commits to a branch (made from the default branch when new) as a person; the commit id. */
  commit(branch: string, files: Files, message?: string): Promise<string>;
  deleteBranch(branch: string): Promise<void>;
  readFile(branch: string, path: string): Promise<{ readonly content: string; readonly mode: string } | null>;
  openPull(spec: PullSpec): Promise<number>;
  editPull(pull: number, changes: RequestChanges): Promise<void>;
  pushToPull(pull: number, files: Files, message?: string): Promise<string>;
  closePull(pull: number): Promise<void>;
  mergePull(pull: number, how?: { by?: string; squash?: boolean }): Promise<string>;
  approve(pull: number, user: string, isGiven?: boolean): Promise<void>;
  openIssue(author: string, title: string, body: string): Promise<number>;
  closeIssue(issue: number): Promise<void>;
  /** A note by anybody; null when it held nothing but quick actions. */
  addComment(place: Place, author: string, body: string, options?: { internal?: boolean }): Promise<number | null>;
  editComment(note: number, body: string): Promise<void>;
  deleteComment(note: number): void;
  /** Lists lag behind: they do not show these notes. */
  hideComments(notes: readonly number[]): void;
  react(note: number, user: string, emoji: string): void;
  /** Access level: 10 guest, 20 reporter, 30 developer, 40 maintainer, 50 owner; 0 is no member. */
  setLevel(user: string, level: number): void;
  protectBranch(branch: string): void;
  unprotectBranch(branch: string): void;
  /** Settings; `ciJobs` run, and pass, on every commit there is. */
  set(changes: Partial<Pick<Project, 'mustPipelinesSucceed' | 'showsSettings' | 'ciJobs'>>): void;
  /** The project's own CI starts on a commit. */
  startPipeline(sha: string, ref: string): number;
  /** Live notes that people or bots wrote, oldest first. */
  comments(place: Place): readonly Note[];
  pulls(): readonly MergeRequest[];
  issues(): readonly Issue[];
  /** Statuses of a commit here and in forks, oldest first. */
  statuses(sha: string): readonly Status[];
  pipelines(sha: string): readonly { readonly id: number; readonly source: string }[];
  deployments(): readonly Deployment[];
  refSha(ref: string): Promise<string | null>;
}

/** Makes a project with an empty first commit on `main`. */
export async function addProject(
  world: World,
  spec: { readonly dir: string; readonly fullName: string; readonly isPrivate?: boolean; readonly run: RunProcess },
): Promise<PretendProject> {
  const git = await createGitRepository(join(spec.dir, `${spec.fullName}.git`), 'main', spec.run);
  await git.commit({ ref: 'refs/heads/main', parent: null, message: 'Begin', files: {}, at: world.now() });
  const { fullName, isPrivate = true } = spec;
  const project = newProject(world, { fullName, isPrivate, git, parent: null });
  return { ...branchHands({ world, project }), ...pullHands({ world, project }), ...talkHands({ world, project }) };
}

function newProject(world: World, spec: Pick<Project, 'fullName' | 'isPrivate' | 'git' | 'parent'>): Project {
  const project: Project = {
    ...spec,
    id: world.nextId(),
    name: spec.fullName.split('/').at(-1) ?? spec.fullName,
    defaultBranch: 'main',
    mergeRequests: new Map(),
    issues: new Map(),
    notes: new Map(),
    lagging: new Set(),
    pipelines: [],
    statuses: [],
    deployments: new Map(),
    members: new Map(),
    protectedBranches: new Set(['main']),
    ciJobs: [],
    mustPipelinesSucceed: false,
    showsSettings: true,
  };
  world.projects.set(project.id, project);
  return project;
}

const person = 'mona';

type BranchHands = Pick<
  PretendProject,
  | 'id'
  | 'fullName'
  | 'gitDir'
  | 'commit'
  | 'deleteBranch'
  | 'readFile'
  | 'refSha'
  | 'protectBranch'
  | 'unprotectBranch'
  | 'set'
  | 'setLevel'
  | 'startPipeline'
  | 'pipelines'
  | 'statuses'
  | 'deployments'
>;

function branchHands(here: Here): BranchHands {
  const { project, world } = here;
  return {
    id: project.id,
    fullName: project.fullName,
    gitDir: project.git.path,
    commit: (branch, files, message = 'Change') => commit(here, branch, { files, message }),
    deleteBranch: async (branch) => {
      const before = await project.git.resolve(`refs/heads/${branch}`);
      await project.git.setRef(`refs/heads/${branch}`, null);
      await announceMove(here, userOf(world, person), { branch, before, after: null });
    },
    readFile: (branch, path) => project.git.objects.readFile(`refs/heads/${branch}`, path),
    refSha: (ref) => project.git.resolve(ref),
    protectBranch: (branch) => {
      project.protectedBranches.add(branch);
    },
    unprotectBranch: (branch) => {
      project.protectedBranches.delete(branch);
    },
    set: (changes) => {
      Object.assign(project, changes);
    },
    setLevel: (user, level) => {
      const { id } = userOf(world, user);
      if (level === 0) project.members.delete(id);
      else project.members.set(id, level);
    },
    startPipeline: (sha, ref) => {
      const id = world.nextId();
      project.pipelines.push({ id, sha, ref, source: 'push', status: 'success' });
      return id;
    },
    pipelines: (sha) => project.pipelines.filter((pipeline) => pipeline.sha === sha),
    statuses: (sha) => familyOf(here).flatMap(({ statuses }) => statuses.filter((status) => status.sha === sha)),
    deployments: () => [...project.deployments.values()],
  };
}

type PullHands = Pick<
  PretendProject,
  'openPull' | 'editPull' | 'pushToPull' | 'closePull' | 'mergePull' | 'approve' | 'pulls'
>;

function pullHands(here: Here): PullHands {
  const { project, world } = here;
  const by = (user: string) => userOf(world, user);
  const request = (pull: number) => mergeRequestOf(project, pull);
  return {
    openPull: (spec) => openPull(here, spec),
    editPull: (pull, changes) => editMergeRequest(here, by(person), { request: request(pull), changes }),
    pushToPull: (pull, files, message = 'Change') => pushToPull(here, request(pull), { files, message }),
    closePull: (pull) => editMergeRequest(here, by(person), { request: request(pull), changes: { state: 'closed' } }),
    mergePull: async (pull, { by: user = person, squash = false } = {}) => {
      const merged = await mergeMergeRequest(here, by(user), { request: request(pull), squash });
      if (merged === null) throw new Error(`merge request ${pull} is in conflict`);
      return merged;
    },
    approve: (pull, user, isGiven = true) => approve(here, by(user), { request: request(pull), isGiven }),
    pulls: () => [...project.mergeRequests.values()],
  };
}

type TalkHands = Omit<PretendProject, keyof BranchHands | keyof PullHands>;

function talkHands(here: Here): TalkHands {
  const { project, world } = here;
  const by = (user: string) => userOf(world, user);
  return {
    openIssue: async (author, title, body) => (await openIssue(here, by(author), { title, description: body })).iid,
    closeIssue: (iid) => editIssue(here, by(person), { issue: issueOf(project, iid), state: 'closed' }),
    addComment: async (place, author, body, { internal = false } = {}) =>
      (await addNote(here, by(author), { place, body, internal }))?.id ?? null,
    editComment: (note, body) => editNote(here, noteOf(project, note).author, { note: noteOf(project, note), body }),
    deleteComment: (note) => {
      project.notes.delete(note);
    },
    hideComments: (notes) => {
      project.lagging = new Set(notes);
    },
    react: (note, user, name) => {
      awardNote(here, by(user), { note: noteOf(project, note), name });
    },
    comments: (place) => notesOf(here, place).filter(({ system }) => !system),
    issues: () => [...project.issues.values()],
  };
}

async function commit(here: Here, branch: string, what: { files: Files; message: string }): Promise<string> {
  const { project, world } = here;
  const ref = `refs/heads/${branch}`;
  const before = await project.git.resolve(ref);
  const parent = before ?? (await project.git.resolve(`refs/heads/${project.defaultBranch}`));
  const after = await project.git.commit({ ref, parent, ...what, at: world.now() });
  await announceMove(here, userOf(world, person), { branch, before, after });
  return after;
}

async function openPull(here: Here, spec: PullSpec): Promise<number> {
  const { project, world } = here;
  const { title, head: source, base: target = project.defaultBranch, body: description = '', draft = false } = spec;
  const forked = spec.fork === true ? { from: forkOf(here, spec.author) } : {};
  const wanted = { title, description, source, target, draft, ...forked };
  const opened = await openMergeRequest(here, userOf(world, spec.author), wanted);
  if (opened === null) throw new Error(`there is no branch ${source} or ${target}`);
  return opened.iid;
}

/** The author's fork. It shares the repository on disk, as forks of GitLab share their objects. */
function forkOf({ world, project }: Here, author: string): Project {
  const fullName = `${author}/${project.name}`;
  const known = [...world.projects.values()].find((other) => other.fullName === fullName);
  return known ?? newProject(world, { fullName, isPrivate: project.isPrivate, git: project.git, parent: project });
}

async function pushToPull(here: Here, request: MergeRequest, what: { files: Files; message: string }): Promise<string> {
  if (request.sourceProject === here.project) return commit(here, request.sourceBranch, what);
  const { project, world } = here;
  const ref = `refs/heads/${request.sourceBranch}`;
  const sha = await project.git.commit({ ref, parent: request.headSha, ...what, at: world.now() });
  await moveHead(here, request.author, { request, sha });
  return sha;
}

function familyOf({ world, project }: Here): readonly Project[] {
  return [...world.projects.values()].filter((other) => other === project || other.parent === project);
}

function noteOf(project: Project, id: number): Note {
  const note = project.notes.get(id);
  if (note === undefined) throw new Error(`${project.fullName} has no note ${id}`);
  return note;
}

function issueOf(project: Project, iid: number): Issue {
  const issue = project.issues.get(iid);
  if (issue === undefined) throw new Error(`${project.fullName} has no issue ${iid}`);
  return issue;
}
