import type { Tree, TreeEntry } from '../model/tree.ts';

/** What stands at a path of a tree once links are followed. `path` is where it really is. */
export type Resolved =
  | { readonly kind: 'file'; readonly path: string; readonly links: readonly string[] }
  | { readonly kind: 'folder'; readonly path: string; readonly links: readonly string[] }
  | { readonly kind: 'missing'; readonly path: string; readonly links: readonly string[] }
  /** A submodule, or a path inside one. */
  | { readonly kind: 'submodule'; readonly path: string; readonly links: readonly string[] }
  /** The path, or a link on it, leads out of the tree (or links turn in a circle). */
  | { readonly kind: 'outside'; readonly path: string; readonly links: readonly string[] };

/** Looks up paths of a tree. Links are followed inside the tree only. */
export interface TreeFiles {
  /** Follows a repository-relative path that may contain `.` and `..`; '' is the root folder. */
  resolve(path: string, signal: AbortSignal): Promise<Resolved>;
  /** Names in a folder, links not followed; empty where there is no such folder. */
  list(folder: string): readonly string[];
}

/** Opens a tree for look-ups by path. One index is kept per tree, as long as the tree lives. */
export function treeFiles(tree: Tree): TreeFiles {
  const known = opened.get(tree);
  if (known !== undefined) return known;
  const files = new IndexedTree(tree);
  opened.set(tree, files);
  return files;
}

/** `base` joined with a relative path, `.` and `..` resolved; null where it climbs out of the root. */
export function joinPath(base: string, relative: string): string | null {
  const parts = base === '' ? [] : base.split('/');
  for (const part of relative.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}

const opened = new WeakMap<Tree, TreeFiles>();
/** As many links as Linux follows (path_resolution(7)). */
const MAX_LINKS = 40;

class IndexedTree implements TreeFiles {
  readonly #tree: Tree;
  readonly #entries = new Map<string, TreeEntry>();
  readonly #folders = new Map<string, string[]>([['', []]]);
  readonly #targets = new Map<string, string>();

  constructor(tree: Tree) {
    this.#tree = tree;
    for (const entry of tree.entries) {
      this.#entries.set(entry.path, entry);
      this.#addToFolder(entry.path);
    }
  }

  list(folder: string): readonly string[] {
    return this.#folders.get(folder) ?? [];
  }

  async resolve(path: string, signal: AbortSignal): Promise<Resolved> {
    const links: string[] = [];
    let done = '';
    let rest = path.split('/').filter((part) => part !== '' && part !== '.');
    while (rest.length > 0) {
      const [part = '', ...after] = rest;
      const next = joinPath(done, part);
      if (next === null) return { kind: 'outside', path, links };
      const target = await this.#linkTarget(next, signal);
      if (target === null) {
        done = next;
        rest = after;
        continue;
      }
      links.push(next);
      if (target.startsWith('/') || links.length > MAX_LINKS) return { kind: 'outside', path, links };
      rest = [...target.split('/').filter((piece) => piece !== '' && piece !== '.'), ...after];
    }
    return { kind: this.#kindOf(done), path: done, links };
  }

  #kindOf(path: string): 'file' | 'folder' | 'missing' | 'submodule' {
    if (this.#folders.has(path)) return 'folder';
    const entry = this.#entries.get(path);
    if (entry === undefined) return this.#isInSubmodule(path) ? 'submodule' : 'missing';
    return entry.mode === '160000' ? 'submodule' : 'file';
  }

  #isInSubmodule(path: string): boolean {
    const parts = path.split('/');
    return parts.some((_, depth) => this.#entries.get(parts.slice(0, depth).join('/'))?.mode === '160000');
  }

  async #linkTarget(path: string, signal: AbortSignal): Promise<string | null> {
    if (this.#entries.get(path)?.mode !== '120000') return null;
    const known = this.#targets.get(path);
    if (known !== undefined) return known;
    const content = (await this.#tree.read([path], signal)).get(path);
    const target = new TextDecoder().decode(content);
    this.#targets.set(path, target);
    return target;
  }

  #addToFolder(path: string): void {
    const slash = path.lastIndexOf('/');
    const folder = path.slice(0, Math.max(slash, 0));
    const names = this.#folders.get(folder);
    if (names !== undefined) {
      names.push(path.slice(slash + 1));
      return;
    }
    this.#folders.set(folder, [path.slice(slash + 1)]);
    this.#addToFolder(folder);
  }
}
