import { createHash } from 'node:crypto';
import type { Tree, TreeEntry } from '../model/tree.ts';
import { joinPath } from './tree-files.ts';

/** A tree of somewhere else, and the folder that it is read below. */
export interface Mount {
  readonly path: string;
  readonly tree: Tree;
}

/**
 * One tree of a repository and of what was fetched for it, so that renderers read both alike. A mount hides what the
 * repository holds at its path; of two mounts at one path the later counts. Links of a mounted tree that lead out of it read
 * as links out of everything: what was fetched never reaches the repository, or another mount.
 */
export function mountTrees(tree: Tree, mounts: readonly Mount[]): Tree {
  if (mounts.length === 0) return tree;
  return mounts.reduce((below, mount) => mountOne(below, mount), tree);
}

function mountOne(below: Tree, { path, tree }: Mount): Tree {
  const prefix = `${path}/`;
  const kept = below.entries.filter((entry) => entry.path !== path && !entry.path.startsWith(prefix));
  const added = tree.entries.map((entry): TreeEntry => ({ ...entry, path: prefix + entry.path }));
  const links = new Set(tree.entries.filter(({ mode }) => mode === '120000').map((entry) => entry.path));
  return {
    id: `${below.id} ${prefix}${tree.id}`,
    entries: [...kept, ...added].sort((one, other) => (one.path < other.path ? -1 : 1)),
    read: async (paths, signal) => {
      const own = paths.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
      const rest = paths.filter((name) => !name.startsWith(prefix));
      const contents = new Map(rest.length > 0 ? await below.read(rest, signal) : []);
      if (own.length === 0) return contents;
      for (const [name, bytes] of await tree.read(own, signal)) {
        contents.set(prefix + name, links.has(name) ? innerLink(name, bytes) : bytes);
      }
      return contents;
    },
  };
}

/** A link's target, made absolute (which nothing follows) where it may leave: `..` is only taken in front. */
function innerLink(name: string, target: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(target);
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  const climbsLater = parts.some((part, at) => part === '..' && at > 0 && parts[at - 1] !== '..');
  const isInside = joinPath(name.split('/').slice(0, -1).join('/'), text) !== null;
  return isInside && !climbsLater ? target : new TextEncoder().encode(`/${text}`);
}

/** The tree with some files' contents replaced, or files added. */
export function overlayFiles(tree: Tree, files: ReadonlyMap<string, Uint8Array>): Tree {
  const kept = tree.entries.filter(({ path }) => !files.has(path));
  const laid = [...files].map(([path, bytes]): TreeEntry => {
    const oid = createHash('sha256').update(bytes).digest('hex');
    return { path, mode: '100644', oid, size: bytes.length };
  });
  return {
    id: `${tree.id} ${laid.map(({ oid }) => oid.slice(0, 12)).join(' ')}`,
    entries: [...kept, ...laid].sort((one, other) => (one.path < other.path ? -1 : 1)),
    read: async (paths, signal) => {
      const rest = paths.filter((path) => !files.has(path));
      const contents = new Map(rest.length > 0 ? await tree.read(rest, signal) : []);
      for (const path of paths) {
        const bytes = files.get(path);
        if (bytes !== undefined) contents.set(path, bytes);
      }
      return contents;
    },
  };
}
