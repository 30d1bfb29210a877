import { compileGlob, doubleStar } from '../../formats/argocd/glob.ts';
import type { HelmOptions } from '../../model/declared.ts';
import type { Tree } from '../../model/tree.ts';
import { joinPath, treeFiles } from '../../tools/tree-files.ts';

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
      if (place === null) return { written, isGlob: false, isOutside: true, files: [] };
      const files = await filesOf(place, trees, signal);
      return { written, isGlob: isPattern(place.path), isOutside: false, files };
    }),
  );
  const explicit = new Set(named.flatMap(({ isGlob, files }) => (isGlob ? [] : files.map(keyOf))));
  const wanted = named.flatMap(({ isGlob, files }) => files.filter((file) => !isGlob || !explicit.has(keyOf(file))));
  // A key that is set again stays at its first place.
  const found = new Map(wanted.map((file) => [keyOf(file), file]));
  const missing = named.filter(
    ({ files, isOutside }) => files.length === 0 && (isOutside || !ignoreMissingValuesFiles),
  );
  return { found: [...found.values()], missing: missing.map(({ written }) => written) };
}

interface Named {
  readonly written: string;
  readonly isGlob: boolean;
  readonly isOutside: boolean;
  readonly files: readonly ValuesFile[];
}

/** Null for what lies outside the repository. */
function placeOf(written: string, { folder, refs }: ValuesTrees): ValuesFile | null {
  if (isAddress(written)) return { ref: null, path: written };
  const [first = '', ...rest] = written.split('/');
  const ref = first.startsWith('$') && refs.has(first.slice(1)) ? first.slice(1) : null;
  const path = ref === null ? joinPath(written.startsWith('/') ? '' : folder, written) : joinPath('', rest.join('/'));
  return path === null || path === '' ? null : { ref, path };
}

async function filesOf(place: ValuesFile, trees: ValuesTrees, signal: AbortSignal): Promise<readonly ValuesFile[]> {
  const tree = place.ref === null ? trees.tree : trees.refs.get(place.ref);
  if (isAddress(place.path)) return [place];
  if (tree === undefined) return [];
  if (!isPattern(place.path)) {
    return (await treeFiles(tree).resolve(place.path, signal)).kind === 'file' ? [place] : [];
  }
  const matches = compileGlob(place.path, doubleStar) ?? (() => false);
  const paths = tree.entries.filter(({ mode, path }) => mode !== '160000' && matches(path)).map(({ path }) => path);
  return paths.sort().map((path) => ({ ref: place.ref, path }));
}

function isAddress(path: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(path);
}

function isPattern(path: string): boolean {
  return !isAddress(path) && /[*?[]/.test(path);
}

function keyOf({ ref, path }: ValuesFile): string {
  return `${ref ?? ''}\0${path}`;
}
