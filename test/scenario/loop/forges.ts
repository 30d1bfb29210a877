import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServeRun } from '../../../src/cli/services.ts';
import type { Thread } from '../../../src/model/repo.ts';
import type { Faults } from '../../../src/pretend/github/faults.ts';
import { startGitHub } from '../../../src/pretend/github/github.ts';
import { startGitLab } from '../../../src/pretend/gitlab/gitlab.ts';

const secret = 'kq93mfw7dux2hva0c41b77aa9f3c2e1b';

export type Files = Readonly<Record<string, string | null>>;

/** A pull as people see it. */
export interface SeenPull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: 'open' | 'closed' | 'merged';
  readonly head: string;
}

/** A forge with one repository and the hands of its people. What they do sends the webhooks the real forge sends. */
export interface Hands {
  readonly name: string;
  readonly settings: Pick<ServeRun, 'github' | 'gitlab'>;
  /** Address of the repository for other programs, with the credentials git needs. */
  readonly clone: { readonly url: string; readonly gitDir: string };
  deliverTo(server: string): void;
  commit(branch: string, files: Files, message?: string): Promise<string>;
  openPull(spec: { head: string; title: string; author: string }): Promise<number>;
  pushToPull(pull: number, files: Files): Promise<string>;
  mergePull(pull: number, by: string): Promise<string>;
  comment(thread: Thread, author: string, body: string): Promise<number>;
  editComment(comment: number, body: string): Promise<void>;
  /** Bodies of the live comments, oldest first, each with every body it had. */
  comments(
    thread: Thread,
  ): readonly { readonly author: string; readonly body: string; readonly history: readonly string[] }[];
  pulls(): readonly SeenPull[];
  issues(): readonly { readonly number: number; readonly title: string; readonly body: string }[];
  role(user: string, role: 'write' | 'maintain' | 'read'): void;
  /** Whether the check of the head is done, and how. */
  check(sha: string): string | null;
  head(branch: string): Promise<string | null>;
  /** What goes wrong with the next requests of the bot. */
  readonly faults: Faults;
  /** What broke the official description. */
  violations(): readonly string[];
  close(): Promise<void>;
}

/** Whether reading takes credentials; controllers of other projects read an open repository. */
export interface RepositoryAccess {
  readonly isPrivate?: boolean;
}

/** The forges of the scenario, by name. */
export const forges: Readonly<Record<string, (spec?: RepositoryAccess) => Promise<Hands>>> = {
  github: openGitHub,
  gitlab: openGitLab,
};

async function openGitHub({ isPrivate = true }: RepositoryAccess = {}): Promise<Hands> {
  const dir = mkdtempSync(join(tmpdir(), 'fairlead-loop-'));
  const appYaml = readFileSync(new URL('../../../app.yml', import.meta.url), 'utf8');
  const github = await startGitHub({ appYaml, now: () => new Date(), dir });
  const repo = await github.createRepo({ owner: 'acme', name: 'gitops', isPrivate });
  const { id, privateKey } = github.app;
  return {
    name: 'github',
    settings: {
      github: { appId: String(id), privateKey, webhookSecrets: [secret], baseUrl: github.apiUrl },
      gitlab: null,
    },
    clone: { url: `${new URL(github.apiUrl).origin}/acme/gitops.git`, gitDir: repo.gitDir },
    deliverTo: (server) => github.hooks.deliverTo(`${server}/hooks/github`, secret),
    commit: (branch, files, message) => repo.commit(branch, files, message),
    openPull: (spec) => repo.openPull(spec),
    pushToPull: (pull, files) => repo.pushToPull(pull, files),
    mergePull: (pull, by) => repo.mergePull(pull, { by }),
    comment: ({ number }, author, body) => repo.addComment(number, author, body),
    editComment: (comment, body) => repo.editComment(comment, body),
    comments: ({ number }) =>
      repo.comments(number).map(({ author, body, history }) => ({ author: author.login, body, history })),
    pulls: () =>
      repo.pulls().map((pull) => ({
        number: pull.number,
        title: pull.title,
        body: pull.body ?? '',
        state: pull.mergedAt === null ? (pull.state === 'open' ? 'open' : 'closed') : 'merged',
        head: pull.headRef,
      })),
    issues: () => repo.issues().map(({ number, title, body }) => ({ number, title, body: body ?? '' })),
    role: (user, role) => repo.setRole(user, role),
    check: (sha) => repo.checkRuns(sha).find(({ status }) => status === 'completed')?.conclusion ?? null,
    head: (branch) => repo.refSha(`refs/heads/${branch}`),
    faults: github.faults,
    violations: () => github.violations,
    close: async () => {
      await github.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const levels = { read: 20, write: 30, maintain: 40 } as const;

async function openGitLab({ isPrivate = true }: RepositoryAccess = {}): Promise<Hands> {
  const dir = mkdtempSync(join(tmpdir(), 'fairlead-loop-'));
  const gitlab = await startGitLab({ now: () => new Date(), dir });
  const project = await gitlab.createProject({ fullName: 'acme/gitops', isPrivate });
  project.setLevel('fairlead', levels.maintain);
  const token = gitlab.accessToken('fairlead');
  return {
    name: 'gitlab',
    settings: {
      github: null,
      gitlab: { url: gitlab.url, token, webhookSecrets: [secret], signingSecrets: [] },
    },
    clone: { url: `${gitlab.url}/acme/gitops.git`, gitDir: project.gitDir },
    deliverTo: (server) => {
      gitlab.hooks.deliverTo(`${server}/hooks/gitlab/gitlab`);
      gitlab.hooks.secure({ token: secret });
    },
    commit: (branch, files, message) => project.commit(branch, files, message),
    openPull: (spec) => project.openPull(spec),
    pushToPull: (pull, files) => project.pushToPull(pull, files),
    mergePull: (pull, by) => project.mergePull(pull, { by }),
    comment: async ({ kind, number }, author, body) => (await project.addComment({ kind, number }, author, body)) ?? 0,
    editComment: (comment, body) => project.editComment(comment, body),
    comments: ({ kind, number }) =>
      project
        .comments({ kind, number })
        .map(({ author, body, history }) => ({ author: author.username, body, history })),
    pulls: () =>
      project.pulls().map((pull) => ({
        number: pull.iid,
        title: pull.title,
        body: pull.description,
        state: pull.state === 'opened' ? 'open' : pull.state === 'merged' ? 'merged' : 'closed',
        head: pull.sourceBranch,
      })),
    issues: () => project.issues().map(({ iid, title, description }) => ({ number: iid, title, body: description })),
    role: (user, role) => project.setLevel(user, levels[role]),
    check: (sha) =>
      project.statuses(sha).findLast(({ state }) => state !== 'running' && state !== 'pending')?.state ?? null,
    head: (branch) => project.refSha(`refs/heads/${branch}`),
    faults: gitlab.faults,
    violations: () => gitlab.violations,
    close: async () => {
      await gitlab.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
