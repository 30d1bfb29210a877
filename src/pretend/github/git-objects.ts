import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expectSuccess, type GitRunner } from './git-process.ts';

/** One entry of a tree. */
export interface TreeEntry {
  readonly path: string;
  readonly mode: string;
  readonly type: string;
  readonly sha: string;
}

/** What a tree gets on top of its base: a null sha removes the path. */
export interface TreeChange {
  readonly path: string;
  readonly mode: string;
  readonly sha: string | null;
}

/** A commit to be written without moving a ref. */
export interface BareCommit {
  readonly message: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: string;
  readonly at: Date;
}

/** The objects of a bare repository, for the Git data API. */
export interface GitObjects {
  writeBlob(content: Uint8Array): Promise<string>;
  /** Entries of one tree, not of the trees below it; null when there is no such tree. */
  readTree(sha: string): Promise<readonly TreeEntry[] | null>;
  /** A tree of the base with the changes made; null when Git does not know an object in it. */
  writeTree(base: string | null, changes: readonly TreeChange[]): Promise<string | null>;
  writeCommit(spec: BareCommit): Promise<string>;
  /** Tree, parents and message of a commit; null when there is none. */
  readCommit(sha: string): Promise<{ tree: string; parents: readonly string[]; message: string } | null>;
  /** A file's entry and content at a commit or branch; null when it is not there. */
  readFile(revision: string, path: string): Promise<{ mode: string; content: string } | null>;
}

/** The objects of the bare repository at a path, in which `git` runs. */
export function createGitObjects(dir: string, git: GitRunner): GitObjects {
  const readTree = async (revision: string, paths: readonly string[] = []) => {
    const { code, output } = await git(['ls-tree', '-z', revision, ...paths]);
    return code === 0 ? parseTree(output) : null;
  };
  return {
    writeBlob: async (content) => {
      const { output } = await expectSuccess(git(['hash-object', '-w', '--stdin'], content));
      return output.trim();
    },
    readTree: (sha) => readTree(sha),
    writeTree: (base, changes) => writeTree({ git, dir, base, changes }),
    writeCommit: async ({ message, tree, parents, author, at }) => {
      const seconds = `${Math.floor(at.getTime() / 1000)} +0000`;
      const who = ['AUTHOR', 'COMMITTER'].flatMap((role) => [
        `GIT_${role}_NAME=${author}`,
        `GIT_${role}_EMAIL=${author}@users.noreply.github.test`,
        `GIT_${role}_DATE=${seconds}`,
      ]);
      const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent])];
      return (await expectSuccess(git(args, message, who))).output.trim();
    },
    readCommit: async (sha) => {
      const { code, output } = await git(['show', '-s', '--format=%T%n%P%n%B', `${sha}^{commit}`]);
      if (code !== 0) return null;
      const [tree = '', parents = '', ...message] = output.split('\n');
      return {
        tree,
        parents: parents.split(' ').filter((parent) => parent !== ''),
        message: message.join('\n').trim(),
      };
    },
    readFile: async (revision, path) => {
      const [entry] = (await readTree(revision, [path])) ?? [];
      if (entry === undefined || entry.type !== 'blob') return null;
      const { output } = await expectSuccess(git(['cat-file', 'blob', entry.sha]));
      return { mode: entry.mode, content: output };
    },
  };
}

async function writeTree(spec: {
  git: GitRunner;
  dir: string;
  base: string | null;
  changes: readonly TreeChange[];
}): Promise<string | null> {
  const { git, base, changes } = spec;
  // An index of its own, as several trees may be made at once.
  const index = join(spec.dir, `index-${randomUUID()}`);
  const variables = [`GIT_INDEX_FILE=${index}`];
  const lines = changes.map(({ mode, sha, path }) =>
    sha === null ? `0 ${'0'.repeat(40)}\t${path}\0` : `${mode} ${sha}\t${path}\0`,
  );
  try {
    const read = await git(['read-tree', base ?? '--empty'], '', variables);
    if (read.code !== 0) return null;
    const updated = await git(['update-index', '-z', '--index-info'], lines.join(''), variables);
    if (updated.code !== 0) return null;
    const written = await git(['write-tree'], '', variables);
    return written.code === 0 ? written.output.trim() : null;
  } finally {
    await rm(index, { force: true });
  }
}

function parseTree(output: string): TreeEntry[] {
  const lines = output.split('\0').filter((line) => line !== '');
  return lines.map((line) => {
    const [facts = '', path = ''] = line.split('\t', 2);
    const [mode = '', type = '', sha = ''] = facts.split(' ');
    return { path, mode, type, sha };
  });
}
