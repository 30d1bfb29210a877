import { mkdir } from 'node:fs/promises';
import type { RunProcess } from '../../tools/process.ts';
import { createGitObjects, type GitObjects } from './git-objects.ts';
import { expectSuccess, type GitRunner, gitRunner } from './git-process.ts';

/** A commit to make: `null` as content removes the file. */
export interface CommitSpec {
  /** Full ref that moves to the commit. */
  readonly ref: string;
  /** Commit it starts from; null makes a root commit. */
  readonly parent: string | null;
  readonly message: string;
  readonly files: Readonly<Record<string, string | null>>;
  readonly at: Date;
}

/** One file of a pull, as `git diff` sees it. */
export interface FileChange {
  readonly status: 'added' | 'removed' | 'modified' | 'renamed';
  readonly filename: string;
  readonly previous: string | null;
}

/** A bare repository on disk, driven by real Git. Commits go through fast-import: one process each, dates as given. */
export interface GitRepository {
  readonly path: string;
  commit(spec: CommitSpec): Promise<string>;
  resolve(revision: string): Promise<string | null>;
  setRef(ref: string, sha: string | null): Promise<void>;
  /** Commit that merges head into base, stored under the ref; null when they conflict. */
  merge(spec: MergeSpec): Promise<string | null>;
  /** What head changes since it left base. */
  changes(base: string, head: string): Promise<readonly FileChange[]>;
  branches(): Promise<ReadonlyMap<string, string>>;
  /** Whether a commit stands on another's line. */
  isAncestor(commit: string, of: string): Promise<boolean>;
  readonly objects: GitObjects;
}

/** Two commits to be merged, and the full ref that moves to the result. */
export interface MergeSpec {
  readonly base: string;
  readonly head: string;
  readonly ref: string;
  readonly message: string;
  readonly at: Date;
  /** One parent only, the base. */
  readonly squash?: boolean;
}

/** Makes an empty bare repository that can be fetched by commit id and pushed to over HTTP. */
export async function createGitRepository(path: string, branch: string, run?: RunProcess): Promise<GitRepository> {
  await mkdir(path, { recursive: true });
  const git = gitRunner(path, run);
  await git(['init', '--quiet', '--bare', `--initial-branch=${branch}`]);
  const settings = { 'http.receivepack': 'true', 'uploadpack.allowReachableSHA1InWant': 'true', 'gc.auto': '0' };
  for (const [key, value] of Object.entries(settings)) await git(['config', key, value]);
  return openGitRepository(path, git);
}

/** Work that moves refs waits for the end of what does so already: two that move one ref would fight over its lock. */
function oneAfterAnother(): <A extends readonly unknown[], R>(
  work: (...given: A) => Promise<R>,
) => (...given: A) => Promise<R> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) =>
    (...given) => {
      const next = last.then(() => work(...given));
      last = next.catch(() => undefined); // whoever asked is told
      return next;
    };
}

function openGitRepository(path: string, git: GitRunner): GitRepository {
  const resolve = async (revision: string) => {
    const { code, output } = await git(['rev-parse', '--verify', '--quiet', `${revision}^{commit}`]);
    return code === 0 ? output.trim() : null;
  };
  const inTurn = oneAfterAnother();
  return {
    path,
    resolve,
    commit: inTurn(async (spec) => {
      await expectSuccess(git(['fast-import', '--quiet', '--force'], importStream(spec)));
      return (await resolve(spec.ref)) ?? '';
    }),
    setRef: inTurn(async (ref, sha) => {
      await expectSuccess(git(sha === null ? ['update-ref', '-d', ref] : ['update-ref', ref, sha]));
    }),
    merge: inTurn(async (spec) => {
      const merged = await git(['merge-tree', '--write-tree', spec.base, spec.head]);
      if (merged.code !== 0) return null;
      const stream = mergeStream(spec, merged.output.trim());
      await expectSuccess(git(['fast-import', '--quiet', '--force'], stream));
      return resolve(spec.ref);
    }),
    isAncestor: async (commit, of) => (await git(['merge-base', '--is-ancestor', commit, of])).code === 0,
    objects: createGitObjects(path, git),
    changes: async (base, head) => {
      const { output } = await expectSuccess(git(['diff', '--name-status', '-M', '-z', `${base}...${head}`]));
      return parseChanges(output);
    },
    branches: async () => {
      const { output } = await git(['for-each-ref', '--format=%(refname:lstrip=2) %(objectname)', 'refs/heads']);
      const lines = output.split('\n').filter((line) => line !== '');
      return new Map(
        lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)]),
      );
    },
  };
}

function importStream(spec: CommitSpec): string {
  const files = Object.entries(spec.files).map(([path, content]) =>
    content === null ? `D ${quote(path)}\n` : `M ${modeOf(content)} inline ${quote(path)}\n${data(content)}`,
  );
  const from = spec.parent === null ? '' : `from ${spec.parent}\n`;
  return `${commitHead(spec)}${from}${files.join('')}\n`;
}

function mergeStream(spec: MergeSpec, tree: string): string {
  const second = spec.squash === true ? '' : `merge ${spec.head}\n`;
  return `${commitHead(spec)}from ${spec.base}\n${second}M 040000 ${tree} ""\n\n`;
}

function commitHead(spec: { ref: string; message: string; at: Date }): string {
  const seconds = Math.floor(spec.at.getTime() / 1000);
  return `commit ${spec.ref}\ncommitter Octo Cat <octo@cat.test> ${seconds} +0000\n${data(spec.message)}`;
}

/** A content that starts with `link:` makes a symbolic link, `exec:` an executable file, so that fixtures can hold one. */
function modeOf(content: string): string {
  if (content.startsWith('exec:')) return '100755';
  return content.startsWith('link:') ? '120000' : '100644';
}

function data(text: string): string {
  const content = text.replace(/^(?:link|exec):/, '');
  return `data ${Buffer.byteLength(content)}\n${content}\n`;
}

function quote(path: string): string {
  return JSON.stringify(path);
}

function parseChanges(output: string): FileChange[] {
  const fields = output.split('\0').filter((field) => field !== '');
  const changes: FileChange[] = [];
  for (let at = 0; at < fields.length; ) {
    const letter = fields[at]?.charAt(0) ?? '';
    const renamed = letter === 'R';
    const [first = '', second = ''] = [fields[at + 1], fields[at + 2]];
    changes.push({ status: statusOf(letter), filename: renamed ? second : first, previous: renamed ? first : null });
    at += renamed ? 3 : 2;
  }
  return changes;
}

function statusOf(letter: string): FileChange['status'] {
  if (letter === 'A') return 'added';
  if (letter === 'D') return 'removed';
  return letter === 'R' ? 'renamed' : 'modified';
}
