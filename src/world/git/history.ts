import type { Commit } from './git.ts';
import { type Git, gitFailed } from './run-git.ts';

/** Most commits that are read of a range. */
const mostCommits = 500;

const deadlineMs = 30_000;

/** Field and record separators git is told to print; neither can stand in an id, and messages are split from the left. */
const [field, record] = ['\u001f', '\u001e'];

/** Commits of a range, oldest first, the newest 500 of them. With `from` null only `to`. */
export async function readCommits(
  git: Git,
  range: { readonly from: string | null; readonly to: string; readonly options: readonly string[] },
  signal: AbortSignal,
): Promise<readonly Commit[]> {
  const { from, to, options } = range;
  const limit = from === null ? 1 : mostCommits;
  const format = `--format=${['%H', '%P', '%an', '%at', '%B'].join(field)}${record}`;
  const revisions = from === null ? [to] : [to, `^${from}`];
  const args = ['log', '--no-show-signature', `--max-count=${limit}`, ...options, format, ...revisions, '--'];
  const result = await git.run({ args, signal, deadlineMs });
  if (result.code !== 0) throw gitFailed('reading the history', git.folder, result.stderr);
  const records = result.stdout.toString('utf8').split(record);
  return records
    .map((text) => text.replace(/^\n/, ''))
    .filter((text) => text !== '')
    .map(commitOf)
    .reverse();
}

function commitOf(text: string): Commit {
  const [id = '', parents = '', author = '', time = '0', ...rest] = text.split(field);
  const message = rest.join(field).trim();
  return {
    id,
    parents: parents.split(' ').filter((parent) => parent !== ''),
    subject: message.split('\n')[0] ?? '',
    message,
    author,
    authoredAt: new Date(Number(time) * 1000).toISOString(),
  };
}

/** Whether a commit is in the history of another; false when either is unknown. */
export async function isAncestor(git: Git, commit: string, of: string, signal: AbortSignal): Promise<boolean> {
  if (![commit, of].every((id) => /^[0-9a-f]{40,64}$/.test(id))) return false;
  const result = await git.run({ args: ['merge-base', '--is-ancestor', commit, of], signal, deadlineMs });
  return result.code === 0;
}

/** A commit of a tree that belongs to no history; only its id is used, and nothing refers to it. */
export async function commitTree(git: Git, tree: string, parent: string | null, signal: AbortSignal): Promise<string> {
  const identity = ['-c', 'user.name=fairlead', '-c', 'user.email=fairlead@localhost', '-c', 'commit.gpgSign=false'];
  const args = [...identity, 'commit-tree', ...(parent === null ? [] : ['-p', parent]), '-m', 'scratch', tree];
  const result = await git.run({ args, signal, deadlineMs });
  if (result.code !== 0) throw gitFailed('writing a commit', git.folder, result.stderr);
  return result.stdout.toString('utf8').trim();
}
