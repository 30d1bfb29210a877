import type { HelmOptions } from '../../model/declared.ts';
import type { Tree } from '../../model/tree.ts';
import { joinPath, treeFiles } from '../../tools/tree-files.ts';
import { globTree } from './argocd-values-glob.ts';

/** A values file, in the order in which Helm merges them. */
export interface ValuesFile {
  /** Name of the source it is in; null: the chart's own. */
  readonly ref: string | null;
  /** From the root of that source's files; an address where it starts with `https://` or another scheme. */
  readonly path: string;
}

/** The values files of a source, and those that are named in vain. */
export interface ValuesFiles {
  readonly found: readonly ValuesFile[];
  /** As written; Argo CD fails over the first. */
  readonly missing: readonly string[];
  /** Paths of folders among them, over which Helm fails. */
  readonly folders: readonly string[];
}

/** The files that a source's values may be in. */
export interface ValuesTrees {
  /** The chart's folder in `tree`; '' where the tree is the chart. */
  readonly folder: string;
  readonly tree: Tree;
  /** Trees by `ref`. */
  readonly refs: ReadonlyMap<string, Tree>;
}

/**
 * Resolves values files as Argo CD 3.5 does (reposerver/repository `getResolvedValueFiles`): relative to the chart, `/…` from the
 * root, `$ref/…` in another source; a pattern gives what it matches in order, but not what is also named by itself; each file once.
 */
export async function resolveValuesFiles(
  { valuesFiles, ignoreMissingValuesFiles }: Pick<HelmOptions, 'valuesFiles' | 'ignoreMissingValuesFiles'>,
  trees: ValuesTrees,
  signal: AbortSignal,
): Promise<ValuesFiles> {
  const named: readonly Named[] = await Promise.all(
    valuesFiles.map(async (written) => {
      const place = placeOf(written, trees);
      if (place === null) return { written, isGlob: false, isOutside: true, files: [], folders: [] };
      return { written, isGlob: isPattern(place.path), isOutside: false, ...(await matchesOf(place, trees, signal)) };
    }),
  );
  const explicit = new Set(named.flatMap(({ isGlob, files }) => (isGlob ? [] : files.map(keyOf))));
  const wanted = named.flatMap(({ isGlob, files }) => files.filter((file) => !isGlob || !explicit.has(keyOf(file))));
  // A key that is set again stays at its first place.
  const found = new Map(wanted.map((file) => [keyOf(file), file]));
  const missing = named.filter(
    ({ files, folders, isOutside }) =>
      files.length === 0 && folders.length === 0 && (isOutside || !ignoreMissingValuesFiles),
  );
  const folders = named.flatMap((one) => one.folders);
  return { found: [...found.values()], missing: missing.map(({ written }) => written), folders };
}

interface Matches {
  readonly files: readonly ValuesFile[];
  readonly folders: readonly string[];
}

interface Named extends Matches {
  readonly written: string;
  readonly isGlob: boolean;
  readonly isOutside: boolean;
}

/** Null for what lies outside the repository. */
function placeOf(written: string, { folder, refs }: ValuesTrees): ValuesFile | null {
  if (isAddress(written)) return { ref: null, path: written };
  const [first = '', ...rest] = written.split('/');
  const ref = first.startsWith('$') && refs.has(first.slice(1)) ? first.slice(1) : null;
  const path = ref === null ? joinPath(written.startsWith('/') ? '' : folder, written) : joinPath('', rest.join('/'));
  return path === null || path === '' ? null : { ref, path };
}

async function matchesOf(place: ValuesFile, trees: ValuesTrees, signal: AbortSignal): Promise<Matches> {
  const tree = place.ref === null ? trees.tree : trees.refs.get(place.ref);
  if (isAddress(place.path)) return { files: [place], folders: [] };
  if (tree === undefined) return { files: [], folders: [] };
  const paths = isPattern(place.path) ? globTree(tree, place.path) : [place.path];
  const found = await Promise.all(
    paths.map(async (path) => ({ path, kind: (await treeFiles(tree).resolve(path, signal)).kind })),
  );
  return {
    files: found.filter(({ kind }) => kind === 'file').map(({ path }) => ({ ref: place.ref, path })),
    folders: found.filter(({ kind }) => kind === 'folder').map(({ path }) => path),
  };
}

/** Whether a file is named by where it can be fetched. */
export function isAddress(path: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(path);
}

function isPattern(path: string): boolean {
  return !isAddress(path) && /[*?[]/.test(path);
}

function keyOf({ ref, path }: ValuesFile): string {
  return `${ref ?? ''}\0${path}`;
}
