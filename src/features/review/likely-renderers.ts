import { kustomizationNames } from '../../formats/kustomization/kustomize-inputs.ts';
import type { FolderRenderer } from '../../model/target.ts';
import type { Tree } from '../../model/tree.ts';

/**
 * The renderers a change probably needs, by the names of its files: they load while the applications are looked for. Empty for a change
 * that touches no manifest.
 */
export function likelyRenderers(
  changedFiles: readonly string[],
  tree: Pick<Tree, 'entries'>,
): ReadonlySet<FolderRenderer> {
  const changed = changedFiles.filter((path) => /\.(?:ya?ml|json|tpl)$/.test(path));
  const names = new Set(tree.entries.map(({ path }) => path));
  const isIn = (path: string, files: readonly string[]) =>
    foldersAbove(path).some((folder) => files.some((file) => names.has(folder + file)));
  const isChart = (path: string) => /values/i.test(path) || isIn(path, ['Chart.yaml']);
  const charts = [...names].some((path) => path.endsWith('Chart.yaml')) ? changed.filter(isChart) : [];
  const hasKustomizations = [...names].some((path) =>
    kustomizationNames.includes(path.slice(path.lastIndexOf('/') + 1)),
  );
  return new Set<FolderRenderer>([
    ...(changed.length > 0 ? (['plain'] as const) : []),
    ...(charts.length > 0 ? (['helm'] as const) : []),
    ...(hasKustomizations && changed.length > charts.length ? (['kustomize'] as const) : []),
  ]);
}

/** Folders of a path with their slash, '' last. */
function foldersAbove(path: string): readonly string[] {
  const segments = path.split('/').slice(0, -1);
  return segments.map((_, index) => `${segments.slice(0, segments.length - index).join('/')}/`).concat('');
}
