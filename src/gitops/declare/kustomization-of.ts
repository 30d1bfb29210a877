import { kustomizationNames } from '../../formats/kustomization/kustomize-inputs.ts';
import type { Tree } from '../../model/tree.ts';
import { treeFiles } from '../../tools/tree-files.ts';

/** The kustomization file of a folder, links followed. */
export interface KustomizationFile {
  readonly path: string;
  readonly text: string;
}

/** Reads it; null where the folder has none that is a file of the tree. */
export async function kustomizationOf(
  tree: Tree,
  folder: string,
  signal: AbortSignal,
): Promise<KustomizationFile | null> {
  const files = treeFiles(tree);
  const at = (await files.resolve(folder, signal)).path;
  const names = files.list(at);
  const name = kustomizationNames.find((one) => names.includes(one));
  if (name === undefined) return null;
  const { kind, path } = await files.resolve(at === '' ? name : `${at}/${name}`, signal);
  if (kind !== 'file') return null;
  return { path, text: new TextDecoder().decode((await tree.read([path], signal)).get(path)) };
}
