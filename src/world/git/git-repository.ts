import { FairleadError } from '../../model/error.ts';
import type { Tree } from '../../model/tree.ts';
import type { Blobs } from './blobs.ts';
import { openBlobs } from './blobs.ts';
import { fetchRefs } from './fetch.ts';
import type { FetchSource, MergeResult, Repository } from './git.ts';
import { readTree, type TreeLimits } from './object-tree.ts';
import { type Git, type GitCall, gitFailed } from './run-git.ts';

/** What a repository is made of. */
export interface Parts {
  readonly path: string;
  /** Where names are looked up: the user's own repository, or the mirror. */
  readonly names: Git;
  /** Where objects are read, merged and fetched: with a configuration of our own. */
  readonly objects: Git;
  /** Whether fetched refs are stored. */
  readonly keepRefs: boolean;
  readonly limits: TreeLimits;
  /** Removes what was made for this repository. */
  dispose(): Promise<void>;
}

/** A repository over its parts. */
export function makeRepository(parts: Parts): Repository {
  return new GitRepository(parts);
}

const deadlines = { lookup: 15_000, merge: 60_000, fetch: 600_000 };

class GitRepository implements Repository {
  readonly path: string;
  readonly #parts: Parts;
  readonly #blobs: Blobs;
  #fetching: Promise<unknown> = Promise.resolve();

  constructor(parts: Parts) {
    this.path = parts.path;
    this.#parts = parts;
    this.#blobs = openBlobs(parts.objects);
  }

  resolve(revision: string, signal: AbortSignal): Promise<string> {
    return this.#look(revision, 'commit', signal);
  }

  async mergeBase(one: string, other: string, signal: AbortSignal): Promise<string | null> {
    const commits = [await this.resolve(one, signal), await this.resolve(other, signal)];
    const result = await this.#run({ args: ['merge-base', ...commits], signal, deadlineMs: deadlines.merge });
    if (result.code === 1) return null;
    if (result.code !== 0) throw gitFailed('finding the merge base', this.path, result.stderr);
    return result.stdout.toString('utf8').trim();
  }

  async merge(base: string, head: string, signal: AbortSignal): Promise<MergeResult> {
    const commits = [await this.resolve(base, signal), await this.resolve(head, signal)];
    const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', ...commits];
    const result = await this.#run({ args, signal, deadlineMs: deadlines.merge });
    if (result.code !== 0 && result.code !== 1) throw mergeFailed(this.path, result.stderr);
    const [tree = '', ...files] = result.stdout.toString('utf8').split('\0');
    if (result.code === 0) return { kind: 'clean', tree };
    return { kind: 'conflict', files: [...new Set(files.filter((file) => file !== ''))].sort() };
  }

  async tree(revision: string, signal: AbortSignal): Promise<Tree> {
    const { objects, limits } = this.#parts;
    const tree = await this.#look(revision, 'tree', signal);
    return readTree({ git: objects, blobs: this.#blobs, limits }, tree, signal);
  }

  async changedFiles(one: string, other: string, signal: AbortSignal): Promise<readonly string[]> {
    const trees = [await this.#look(one, 'tree', signal), await this.#look(other, 'tree', signal)];
    const args = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', '--no-ext-diff', '--no-textconv', ...trees];
    const result = await this.#run({ args, signal, deadlineMs: deadlines.merge, maxOutputBytes: 64 * 1024 * 1024 });
    if (result.code !== 0) throw gitFailed('comparing trees', this.path, result.stderr);
    const files = result.stdout.toString('utf8').split('\0');
    return files.filter((file) => file !== '').sort();
  }

  /** One at a time: two fetches of one ref would fight over its lock. */
  fetch(source: FetchSource, signal: AbortSignal): Promise<void> {
    const { objects, keepRefs } = this.#parts;
    const fetching = this.#fetching.then(() => {
      signal.throwIfAborted();
      return fetchRefs(objects, source, { keepRefs, signal, deadlineMs: deadlines.fetch });
    });
    // The next one waits for the end of this one, however it ends; its own caller hears of a fault.
    this.#fetching = fetching.catch(() => undefined);
    return fetching;
  }

  async close(): Promise<void> {
    this.#blobs.close();
    await this.#parts.dispose();
  }

  #run(call: GitCall) {
    return this.#parts.objects.run(call);
  }

  /** Names are known to the user's repository, merged trees only to the scratch one. */
  async #look(revision: string, type: 'commit' | 'tree', signal: AbortSignal): Promise<string> {
    if (revision === '' || revision.startsWith('-') || /[\0\n]/.test(revision)) throw unknownRevision(revision);
    const args = ['rev-parse', '--verify', '--quiet', `${revision}^{${type}}`];
    for (const git of new Set([this.#parts.names, this.#parts.objects])) {
      const result = await git.run({ args, signal, deadlineMs: deadlines.lookup });
      if (result.code === 0) return result.stdout.toString('utf8').trim();
    }
    throw unknownRevision(revision);
  }
}

function unknownRevision(revision: string): FairleadError {
  return new FairleadError({
    code: 'unknown-revision',
    message: `${JSON.stringify(revision)} is no revision of this repository.`,
    subject: revision,
    remedy: 'Check the spelling; in a CI job fetch the whole history (fetch-depth: 0) and the base branch.',
  });
}

function mergeFailed(path: string, stderr: string): FairleadError {
  if (!/unrelated histories/.test(stderr)) return gitFailed('merging', path, stderr);
  return new FairleadError({
    code: 'git-failed',
    message: 'The two revisions have no common ancestor, so they cannot be merged.',
    subject: path,
    remedy: 'Fetch the whole history (fetch-depth: 0), or name revisions of one history.',
  });
}
