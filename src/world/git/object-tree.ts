import { FairleadError } from '../../model/error.ts';
import type { Tree, TreeEntry } from '../../model/tree.ts';
import type { Blobs } from './blobs.ts';
import { splitRecords } from './records.ts';
import { type Git, gitFailed } from './run-git.ts';

/** Bounds of reading a tree. */
export interface TreeLimits {
  /** Files of one tree. */
  readonly entries: number;
  /** Bytes of one file. */
  readonly fileBytes: number;
  /** Bytes of one call of `read`. */
  readonly readBytes: number;
}

/** What a repository may hold. */
export const defaultTreeLimits: TreeLimits = {
  entries: 200_000,
  fileBytes: 32 * 1024 * 1024,
  readBytes: 512 * 1024 * 1024,
};

/** The files of a tree id, listed once and read as blobs. Throws `git-failed`, `tree-too-large`, `tree-unsound`. */
export async function readTree(
  source: { readonly git: Git; readonly blobs: Blobs; readonly limits: TreeLimits },
  tree: string,
  signal: AbortSignal,
): Promise<Tree> {
  const args = ['ls-tree', '-r', '-z', '-l', '--full-tree', tree];
  const listing = await source.git.run({ args, signal, deadlineMs: 60_000, maxOutputBytes: 256 * 1024 * 1024 });
  if (listing.code !== 0) throw gitFailed('listing files', source.git.folder, listing.stderr);
  const entries = parseListing(listing.stdout, tree);
  checkCount(entries.length, source.limits, tree);
  const byPath = byUniquePath(entries, tree);
  return {
    id: tree,
    entries,
    read: async (paths, readSignal) => {
      const wanted = chooseFiles(byPath, paths, source.limits);
      const contents = await source.blobs.read([...new Set(wanted.map(({ oid }) => oid))], readSignal);
      return new Map(wanted.map(({ path, oid }) => [path, contents.get(oid) ?? new Uint8Array()]));
    },
  };
}

/** Refuses a tree with more files than the limits allow. */
export function checkCount(count: number, limits: TreeLimits, subject: string): void {
  if (count <= limits.entries) return;
  throw new FairleadError({
    code: 'tree-too-large',
    message: `${subject} holds more than ${limits.entries} files.`,
    subject,
    remedy: 'Name a smaller folder, or move what is not deployed to another repository.',
  });
}

/** The entries of paths that may be read. Throws `file-missing`, `file-too-large`. */
export function chooseFiles(
  entries: ReadonlyMap<string, TreeEntry>,
  paths: readonly string[],
  limits: TreeLimits,
): readonly TreeEntry[] {
  let total = 0;
  return paths.map((path) => {
    const entry = entries.get(path);
    if (entry === undefined || entry.mode === '160000') throw fileMissing(path);
    total += entry.size;
    if (entry.size > limits.fileBytes) throw fileTooLarge(path, `has ${entry.size} bytes`, limits.fileBytes);
    if (total > limits.readBytes)
      throw fileTooLarge(path, 'and those before it are too much at once', limits.readBytes);
    return entry;
  });
}

/** Code `file-missing`. */
export function fileMissing(path: string): FairleadError {
  return new FairleadError({
    code: 'file-missing',
    message: `${path} is no file of this tree.`,
    subject: path,
    remedy: 'Check the path; submodules are not read.',
  });
}

function fileTooLarge(path: string, why: string, limit: number): FairleadError {
  return new FairleadError({
    code: 'file-too-large',
    message: `${path} ${why}; the limit is ${limit}.`,
    subject: path,
    remedy: 'Keep large files out of folders that are deployed.',
  });
}

/**
 * Entries of `ls-tree -z -l`: mode, type, id, size, a tab and the path. An object that is missing has the size `BAD`; its entry stays, so
 * that who reads it is told. Throws `tree-unsound` for what no work tree can hold: nothing of it is left out in silence.
 */
function parseListing(listing: Buffer, subject: string): readonly TreeEntry[] {
  const entries = splitRecords(listing).map((row): TreeEntry => {
    const match = /^(\d{6}) \w+ ([0-9a-f]+) +(\d+|-|BAD)\t([\s\S]+)$/.exec(row);
    if (match === null) throw unsound(subject, `an entry that cannot be read: ${row}`);
    const [, mode = '', oid = '', size = '', path = ''] = match;
    if (/(?:^|\/)(?:\.\.?|\.git)?(?:\/|$)/.test(path)) throw unsound(subject, `the path ${path}`);
    return { path, mode: modeOf(mode), oid, size: Number.parseInt(size, 10) || 0 };
  });
  return entries.sort((one, other) => (one.path < other.path ? -1 : 1));
}

function byUniquePath(entries: readonly TreeEntry[], subject: string): ReadonlyMap<string, TreeEntry> {
  const byPath = new Map<string, TreeEntry>();
  for (const entry of entries) {
    if (byPath.has(entry.path)) throw unsound(subject, `two entries ${entry.path}`);
    byPath.set(entry.path, entry);
  }
  return byPath;
}

function unsound(subject: string, what: string): FairleadError {
  return new FairleadError({
    code: 'tree-unsound',
    message: `The tree ${subject} holds ${what}, which git itself would not check out.`,
    subject,
    remedy: 'Run git fsck, and make the commit anew without it.',
  });
}

/** Old repositories hold group-writable files; they are plain files. */
function modeOf(mode: string): TreeEntry['mode'] {
  if (mode === '100755' || mode === '120000' || mode === '160000') return mode;
  return '100644';
}
