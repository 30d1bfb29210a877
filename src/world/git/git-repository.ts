import { FairleadError } from '../../model/error.ts';
import type { Tree } from '../../model/tree.ts';
import type { Blobs } from './blobs.ts';
import { openBlobs } from './blobs.ts';
import { fetchRefs, listRefs } from './fetch.ts';
import type { Commit, FetchSource, Identity, MergeResult, Repository } from './git.ts';
import { commitTree, isAncestor, readCommits } from './history.ts';
import { readIdentity } from './identity.ts';
import { type Lookups, openLookups } from './lookups.ts';
import { readTree, type TreeLimits } from './object-tree.ts';
import { splitRecords } from './records.ts';
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

/** Trees of commits that are kept: they never change, and every git process costs as much as the whole of ours is large. */
const mostTrees = 16;

type ObjectType = 'commit' | 'tree';

/** Ids known to name a commit or tree here. */
const mostKnown = 10_000;

const deadlines = { merge: 60_000, fetch: 600_000 };

class GitRepository implements Repository {
  readonly path: string;
  readonly #parts: Parts;
  readonly #blobs: Blobs;
  /** The user's own repository, then the scratch one. */
  readonly #lookups: readonly Lookups[];
  #fetching: Promise<unknown> = Promise.resolve();
  readonly #trees = new Map<string, Promise<Tree>>();
  readonly #known = new Map<string, string>();

  constructor(parts: Parts) {
    this.path = parts.path;
    this.#parts = parts;
    this.#blobs = openBlobs(parts.objects);
    this.#lookups = [...new Set([parts.names, parts.objects])].map(openLookups);
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
    return this.#merge([await this.resolve(base, signal), await this.resolve(head, signal)], signal);
  }

  firstParents(from: string | null, to: string, signal: AbortSignal): Promise<readonly Commit[]> {
    return readCommits(this.#parts.objects, { from, to, options: ['--first-parent'] }, signal);
  }

  commitsBetween(from: string, to: string, signal: AbortSignal): Promise<readonly Commit[]> {
    return readCommits(this.#parts.objects, { from, to, options: ['--topo-order'] }, signal);
  }

  isAncestor(commit: string, of: string, signal: AbortSignal): Promise<boolean> {
    return isAncestor(this.#parts.objects, commit, of, signal);
  }

  /** git before 2.40 takes no merge base for trees: commits without history stand for them. */
  async applyBetween(
    sides: { readonly base: string; readonly ours: string; readonly theirs: string },
    signal: AbortSignal,
  ): Promise<MergeResult> {
    const { objects } = this.#parts;
    const base = await commitTree(objects, await this.#look(sides.base, 'tree', signal), null, signal);
    const ours = await commitTree(objects, await this.#look(sides.ours, 'tree', signal), base, signal);
    const theirs = await commitTree(objects, await this.#look(sides.theirs, 'tree', signal), base, signal);
    return this.#merge([ours, theirs], signal);
  }

  async #merge(commits: readonly string[], signal: AbortSignal): Promise<MergeResult> {
    const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', ...commits];
    const result = await this.#run({ args, signal, deadlineMs: deadlines.merge });
    if (result.code !== 0 && result.code !== 1) throw mergeFailed(this.path, result.stderr);
    const [tree = '', ...files] = splitRecords(result.stdout);
    if (result.code === 0) return { kind: 'clean', tree: this.#remember(tree, 'tree', tree) };
    return { kind: 'conflict', files: [...new Set(files.filter((file) => file !== ''))].sort() };
  }

  tree(revision: string, signal: AbortSignal): Promise<Tree> {
    if (!isFullId(revision)) return this.#readTree(revision, signal);
    const found = this.#trees.get(revision) ?? this.#readTree(revision, signal);
    this.#trees.delete(revision);
    this.#trees.set(revision, found);
    found.catch(() => this.#trees.delete(revision));
    dropOldest(this.#trees, mostTrees);
    return found;
  }

  async #readTree(revision: string, signal: AbortSignal): Promise<Tree> {
    const { objects, limits } = this.#parts;
    const tree = await this.#look(revision, 'tree', signal);
    return readTree({ git: objects, blobs: this.#blobs, limits }, tree, signal);
  }

  async changedFiles(one: string, other: string, signal: AbortSignal): Promise<readonly string[]> {
    const trees = [await this.#look(one, 'tree', signal), await this.#look(other, 'tree', signal)];
    const args = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', '--no-ext-diff', '--no-textconv', ...trees];
    const result = await this.#run({ args, signal, deadlineMs: deadlines.merge, maxOutputBytes: 64 * 1024 * 1024 });
    if (result.code !== 0) throw gitFailed('comparing trees', this.path, result.stderr);
    return [...splitRecords(result.stdout)].sort();
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

  identity(signal: AbortSignal): Promise<Identity> {
    return readIdentity(this.#parts.names, signal);
  }

  remoteRefs(source: Omit<FetchSource, 'refs' | 'depth'>, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    return listRefs(this.#parts.objects, source, { signal, deadlineMs: deadlines.merge });
  }

  async close(): Promise<void> {
    this.#blobs.close();
    await this.#parts.dispose();
  }

  #run(call: GitCall) {
    return this.#parts.objects.run(call);
  }

  /** What an id names never changes, and it names itself; what a branch names does change. */
  #remember(revision: string, type: ObjectType, id: string): string {
    for (const name of isFullId(revision) ? [revision, id] : [id]) {
      this.#known.set(`${name}^{${type}}`, id);
      dropOldest(this.#known, mostKnown);
    }
    return id;
  }

  /** Names are known to the user's repository, merged trees only to the scratch one. */
  async #look(revision: string, type: ObjectType, signal: AbortSignal): Promise<string> {
    if (revision === '' || revision.startsWith('-') || /[\0\n]/.test(revision)) throw unknownRevision(revision);
    const name = `${revision}^{${type}}`;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const also = type === 'commit' ? `${revision}^{tree}` : null;
    for (const lookups of this.#lookups) {
      const found = await lookups.find(name, also, signal);
      if (found === null) continue;
      // A commit's tree is what is asked for next.
      if (found.also !== null) this.#remember(found.id, 'tree', found.also);
      return this.#remember(revision, type, found.id);
    }
    throw unknownRevision(revision);
  }
}

function isFullId(revision: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(revision);
}

function dropOldest(map: Map<string, unknown>, most: number): void {
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
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
