import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FairleadError } from '../../model/error.ts';
import type { Repository } from './git.ts';
import { makeRepository } from './git-repository.ts';
import { removeLeftovers } from './leftovers.ts';
import { defaultTreeLimits, type TreeLimits } from './object-tree.ts';
import { type GitOptions, gitFailed, gitIn } from './run-git.ts';

/** What both kinds of repository need. */
export interface OpenOptions extends GitOptions {
  readonly signal: AbortSignal;
  readonly limits?: Partial<TreeLimits>;
}

/** What opening a user's repository needs. */
export interface RepositoryOptions extends OpenOptions {
  /** The repository, or any folder in its work tree. */
  readonly path: string;
  /** Where the scratch repository is made; the system's temporary folder by default. */
  readonly tempDir?: string;
}

/**
 * Opens the repository a folder belongs to, work tree or bare. It is only read: merges and fetches go to a scratch repository
 * that borrows its objects and knows none of its configuration, hooks, attributes and merge drivers. Throws
 * `not-a-repository`, `unsafe-repository` (owned by somebody else), `git-failed`.
 */
export async function openRepository(options: RepositoryOptions): Promise<Repository> {
  const names = gitIn(await existingFolder(options.path), options);
  const facts = await repositoryFacts(options.path, (args) =>
    names.run({ args, signal: options.signal, deadlineMs: 15_000 }),
  );
  const scratch = await mkdtemp(join(options.tempDir ?? tmpdir(), 'fairlead-git-'));
  const dispose = () => rm(scratch, { recursive: true, force: true });
  const objects = gitIn(scratch, options, scratch);
  try {
    await writeScratch(scratch, facts);
  } catch (error) {
    await dispose();
    throw error;
  }
  const limits = { ...defaultTreeLimits, ...options.limits };
  return makeRepository({ path: facts.path, names, objects, keepRefs: false, limits, dispose });
}

/** Opens a bare mirror of our own, made when it is missing. Throws `git-failed`. */
export async function openMirror(options: OpenOptions & { readonly dir: string }): Promise<Repository> {
  await mkdir(options.dir, { recursive: true, mode: 0o700 });
  const git = gitIn(options.dir, options, options.dir);
  await removeLeftovers(options.dir);
  if (!(await exists(join(options.dir, 'HEAD')))) await initBare(options.dir, options);
  const limits = { ...defaultTreeLimits, ...options.limits };
  const dispose = async () => undefined;
  return makeRepository({ path: options.dir, names: git, objects: git, keepRefs: true, limits, dispose });
}

interface Facts {
  /** The work tree's root, or the bare repository. */
  readonly path: string;
  readonly objects: string;
  /** Commits where a shallow clone ends, as git's own file lists them; null in a whole one. */
  readonly shallow: string | null;
  readonly format: string;
}

type Ask = (args: readonly string[]) => ReturnType<ReturnType<typeof gitIn>['run']>;

async function repositoryFacts(path: string, ask: Ask): Promise<Facts> {
  const places = ['--absolute-git-dir', '--git-path', 'objects', '--git-path', 'shallow', '--show-object-format'];
  // Last: a bare repository has no work tree, and fails there when it has told the rest.
  const found = await ask(['rev-parse', '--path-format=absolute', ...places, '--show-toplevel']);
  const [gitDir, objects, shallow, format, top] = found.stdout.toString('utf8').trimEnd().split('\n');
  if (gitDir === undefined || objects === undefined || shallow === undefined || format === undefined)
    throw cannotOpen(path, found.stderr);
  return {
    path: found.code === 0 && top !== undefined ? top : gitDir,
    objects,
    shallow: (await exists(shallow)) ? await readFile(shallow, 'utf8') : null,
    format,
  };
}

async function existingFolder(path: string): Promise<string> {
  if ((await stat(path).catch(() => null))?.isDirectory() === true) return path;
  throw cannotOpen(path, 'there is no such folder');
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

async function initBare(folder: string, options: OpenOptions): Promise<void> {
  const git = gitIn(folder, options);
  // An empty template: no sample hooks, no info/exclude.
  const args = ['init', '--quiet', '--bare', '--template=', '--initial-branch=main', '--object-format=sha1', '.'];
  const result = await git.run({ args, signal: options.signal, deadlineMs: 15_000 });
  if (result.code !== 0) throw gitFailed('making a repository', folder, result.stderr);
}

/**
 * The scratch repository reads the objects of the user's and ends its history where that one does. What `git init --bare` writes without a
 * template is this much (gitrepository-layout), and a process more.
 */
async function writeScratch(scratch: string, facts: Facts): Promise<void> {
  await Promise.all(
    ['objects/info', 'objects/pack', 'refs'].map((folder) => mkdir(join(scratch, folder), { recursive: true })),
  );
  const version = facts.format === 'sha1' ? 0 : 1;
  const format = version === 0 ? '' : `[extensions]\n\tobjectformat = ${facts.format}\n`;
  const files = {
    HEAD: 'ref: refs/heads/main\n',
    config: `[core]\n\trepositoryformatversion = ${version}\n\tbare = true\n${format}`,
    'objects/info/alternates': `${quotePath(facts.objects)}\n`,
    ...(facts.shallow === null ? {} : { shallow: facts.shallow }),
  };
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(scratch, name), text)));
}

/** A path as git's alternates file spells odd ones. */
function quotePath(path: string): string {
  return `"${path.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

function cannotOpen(path: string, stderr: string): FairleadError {
  if (/dubious ownership|unsafe repository/.test(stderr)) {
    return new FairleadError({
      code: 'unsafe-repository',
      message: `${path} belongs to another user, and git does not trust its configuration.`,
      subject: path,
      remedy: 'Run Fairlead as the owner of the folder, or change the owner (chown -R).',
    });
  }
  return new FairleadError({
    code: 'not-a-repository',
    message: `${path} is no Git repository.`,
    subject: path,
    remedy: 'Name a folder inside a repository with --cwd, or run git init there.',
  });
}
