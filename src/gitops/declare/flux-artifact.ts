import { ignoreFileName, isSourceIgnored, parseIgnore } from '../../formats/flux/source-ignore.ts';
import type { Tree } from '../../model/tree.ts';

/**
 * The tree as source-controller packs it for the other controllers: without links and submodules, without what `.sourceignore` files and
 * the source's own `spec.ignore` (null without) leave out.
 */
export function artifactTree(tree: Tree, ignore: string | null, signal: AbortSignal): Promise<Tree> {
  const byIgnore = packed.get(tree) ?? new Map<string | null, Promise<Tree>>();
  packed.set(tree, byIgnore);
  const known = byIgnore.get(ignore) ?? pack(tree, ignore, signal);
  byIgnore.set(ignore, known);
  // Who gave up must not spoil it for the next.
  known.catch(() => byIgnore.delete(ignore));
  return known;
}

/** A thousand Kustomizations share one source: each tree is packed once for each set of rules. */
const packed = new WeakMap<Tree, Map<string | null, Promise<Tree>>>();

async function pack(tree: Tree, ignore: string | null, signal: AbortSignal): Promise<Tree> {
  const files = tree.entries.filter(({ mode }) => mode === '100644' || mode === '100755');
  const ignoreFiles = files.map(({ path }) => path).filter((path) => path.split('/').at(-1) === ignoreFileName);
  // A folder's patterns come after those of the folders around it.
  const ordered = ignoreFiles.sort(byFolder);
  const texts = ordered.length === 0 ? new Map() : await tree.read(ordered, signal);
  const patterns = [
    ...ordered.flatMap((path) =>
      parseIgnore(new TextDecoder().decode(texts.get(path)), path.slice(0, -ignoreFileName.length).replace(/\/$/, '')),
    ),
    ...parseIgnore(ignore ?? '', ''),
  ];
  return { ...tree, entries: files.filter(({ path }) => !isSourceIgnored(path, patterns)) };
}

/** Folder by folder, as a walk over the disk goes: the files of a folder stand before those below it. */
function byFolder(one: string, other: string): number {
  const [left, right] = [one.split('/').slice(0, -1), other.split('/').slice(0, -1)];
  const differs = left.findIndex((part, depth) => part !== right[depth]);
  if (differs === -1) return left.length - right.length;
  return right[differs] !== undefined && (left[differs] ?? '') < right[differs] ? -1 : 1;
}
