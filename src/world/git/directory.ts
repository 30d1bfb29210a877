import { constants, type Dirent } from 'node:fs';
import { lstat, open, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { FairleadError } from '../../model/error.ts';
import type { Tree, TreeEntry } from '../../model/tree.ts';
import { mapConcurrently } from '../../tools/each.ts';
import { checkCount, chooseFiles, defaultTreeLimits, fileMissing, type TreeLimits } from './object-tree.ts';

/** Files read at the same time. */
const filesInFlight = 8;

/** Folders that hold no manifests. */
const leftOut: ReadonlySet<string> = new Set(['.git', 'node_modules']);

/**
 * The files of a folder on disk. Symbolic links are entries whose content is their target and are never followed; `.git`,
 * `node_modules` and what is neither file nor link are left out. Throws `folder-missing`, `tree-too-large`, and on reading
 * `file-missing`, `file-too-large`.
 */
export async function directoryTree(options: {
  readonly root: string;
  readonly signal: AbortSignal;
  readonly limits?: Partial<TreeLimits>;
}): Promise<Tree> {
  const { root, signal } = options;
  const limits = { ...defaultTreeLimits, ...options.limits };
  const entries: TreeEntry[] = [];
  for await (const path of walk(root, '')) {
    signal.throwIfAborted();
    entries.push(await entryOf(root, path));
    checkCount(entries.length, limits, root);
  }
  entries.sort((one, other) => (one.path < other.path ? -1 : 1));
  return { id: root, entries, read: makeReader(root, entries, limits) };
}

/** Paths of all files and links below a folder. */
async function* walk(root: string, folder: string): AsyncGenerator<string> {
  for (const item of await list(root, folder)) {
    const path = folder === '' ? item.name : `${folder}/${item.name}`;
    if (item.isFile() || item.isSymbolicLink()) yield path;
    if (item.isDirectory() && !leftOut.has(item.name)) yield* walk(root, path);
  }
}

async function list(root: string, folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(join(root, folder), { withFileTypes: true });
  } catch (cause) {
    throw new FairleadError({
      code: 'folder-missing',
      message: `${join(root, folder)} cannot be read as a folder.`,
      subject: join(root, folder),
      remedy: 'Check the path and its permissions.',
      cause,
    });
  }
}

/** The id is made of what names the file's content without reading it: a listing must not cost a reading of everything. */
async function entryOf(root: string, path: string): Promise<TreeEntry> {
  const facts = await lstat(join(root, path), { bigint: true });
  const oid = [facts.dev, facts.ino, facts.size, facts.mtimeNs].join('-');
  const size = Number(facts.size);
  if (facts.isSymbolicLink()) return { path, mode: '120000', oid, size };
  return { path, mode: (facts.mode & 0o111n) === 0n ? '100644' : '100755', oid, size };
}

function makeReader(root: string, entries: readonly TreeEntry[], limits: TreeLimits): Tree['read'] {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  return async (paths, signal) => {
    const read = await mapConcurrently(chooseFiles(byPath, paths, limits), filesInFlight, async ({ path, mode }) => {
      signal.throwIfAborted();
      const isLink = mode === '120000';
      return [
        path,
        isLink ? Buffer.from(await readlink(join(root, path))) : await contentOf(root, path, limits),
      ] as const;
    });
    return new Map<string, Uint8Array>(read);
  };
}

/** Opened without following a link that took the file's place, and never read beyond the limit. */
async function contentOf(root: string, path: string, limits: TreeLimits): Promise<Uint8Array> {
  const handle = await open(join(root, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => null,
  );
  if (handle === null) throw fileMissing(path);
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(size, limits.fileBytes));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
