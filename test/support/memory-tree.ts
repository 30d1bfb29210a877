import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { FairleadError } from '../../src/model/error.ts';
import type { Tree, TreeEntry } from '../../src/model/tree.ts';

/** A symbolic link of a tree. */
export interface Link {
  readonly link: string;
}

/** A tree of the given files, as if they had been committed. */
export function memoryTree(files: Readonly<Record<string, string | Uint8Array | Link>>): Tree {
  const contents = new Map(Object.entries(files).map(([path, content]) => [path, bytesOf(content)] as const));
  const entries = [...contents].map(([path, bytes]): TreeEntry => {
    const content = files[path];
    const isLink = typeof content === 'object' && 'link' in content;
    const oid = createHash('sha1').update(bytes).digest('hex');
    return { path, mode: isLink ? '120000' : '100644', oid, size: bytes.length };
  });
  return {
    id: 'memory',
    entries: entries.sort((one, other) => (one.path < other.path ? -1 : 1)),
    read: async (paths) => new Map(paths.map((path) => [path, contents.get(path) ?? missing(path)])),
  };
}

/** A tree of the files of a folder on disk; the folder must hold no links. */
export function folderTree(folder: string): Tree {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  return memoryTree(Object.fromEntries(paths.map((path) => [relative(folder, path), readFileSync(path)])));
}

function bytesOf(content: string | Uint8Array | Link): Uint8Array {
  if (content instanceof Uint8Array) return content;
  return new TextEncoder().encode(typeof content === 'string' ? content : content.link);
}

function missing(path: string): never {
  const message = `${path} is not in the tree.`;
  throw new FairleadError({ code: 'file-missing', message, subject: path, remedy: 'Name a file of the tree.' });
}
