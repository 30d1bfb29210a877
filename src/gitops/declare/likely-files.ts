import type { Tree, TreeEntry } from '../../model/tree.ts';
import { maybeArgo } from './argocd-objects.ts';
import { maybeProject } from './argocd-projects.ts';
import { maybeFlux } from './flux-roots.ts';

/** Files of a tree that may hold objects of a controller, or of which one may be built. */
export interface LikelyFiles {
  readonly argo: ReadonlySet<string>;
  readonly flux: ReadonlySet<string>;
  /** AppProjects of Argo CD. */
  readonly projects: ReadonlySet<string>;
}

/** Larger files hold no such objects, or are an attack. */
const maxBytes = 1024 * 1024;
/** How many files are held in memory at once. */
const batch = 500;
/** Contents whose text is not looked at again. */
const mostKnown = 200_000;

type Kinds = Readonly<Record<keyof LikelyFiles, boolean>>;

/** Looks for them by the text of every file; contents that were looked at once are known by their id. */
export function createLikelyFiles(): (tree: Tree, signal: AbortSignal) => Promise<LikelyFiles> {
  const known = new Map<string, Kinds>();
  return async (tree, signal) => {
    const files = tree.entries.filter(
      ({ path, mode, size }) => mode.startsWith('100') && size <= maxBytes && /\.(?:ya?ml|json|tpl)$/.test(path),
    );
    const fresh = files.filter(({ oid }) => !known.has(oid));
    for (let start = 0; start < fresh.length; start += batch) {
      for (const [oid, kinds] of await look(fresh.slice(start, start + batch), tree, signal)) known.set(oid, kinds);
    }
    const pathsOf = (kind: keyof LikelyFiles) =>
      new Set(files.filter(({ oid }) => known.get(oid)?.[kind] === true).map(({ path }) => path));
    const likely = { argo: pathsOf('argo'), flux: pathsOf('flux'), projects: pathsOf('projects') };
    forget(known);
    return likely;
  };
}

async function look(
  files: readonly TreeEntry[],
  tree: Tree,
  signal: AbortSignal,
): Promise<readonly (readonly [string, Kinds])[]> {
  const contents = await tree.read(
    files.map(({ path }) => path),
    signal,
  );
  return files.map(({ path, oid }) => {
    const bytes = contents.get(path) ?? new Uint8Array();
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return [oid, { argo: maybeArgo(text), flux: maybeFlux(text), projects: maybeProject(text) }];
  });
}

function forget(known: Map<string, Kinds>): void {
  for (const oldest of known.keys()) {
    if (known.size <= mostKnown) return;
    known.delete(oldest);
  }
}
