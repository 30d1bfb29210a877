import { decodeManifests } from '../../formats/yaml/decode.ts';
import { FairleadError } from '../../model/error.ts';
import type { Resource } from '../../model/resource.ts';
import type { Tree } from '../../model/tree.ts';
import { isTemplate, type KnownFiles } from './argocd-objects.ts';

/** Objects that stand in files of their own: neither read by a kustomization nor a template of a chart. What cannot be read is left to its renderer. */
export async function readWritten(
  tree: Tree,
  { likely, built }: KnownFiles,
  signal: AbortSignal,
): Promise<readonly Resource[]> {
  const isOwn = (path: string): boolean =>
    /\.(?:ya?ml|json)$/.test(path) && !built.has(path) && !isTemplate(path, tree);
  return readObjects(tree, [...likely].filter(isOwn), signal);
}

/** Objects of files; what cannot be read is left to whoever renders it. */
export async function readObjects(
  tree: Tree,
  files: readonly string[],
  signal: AbortSignal,
): Promise<readonly Resource[]> {
  if (files.length === 0) return [];
  return [...(await tree.read(files, signal))].flatMap(([file, bytes]) => decoded(file, bytes));
}

function decoded(file: string, bytes: Uint8Array): readonly Resource[] {
  try {
    return decodeManifests({ file, bytes }).resources;
  } catch (fault) {
    if (fault instanceof FairleadError) return [];
    throw fault;
  }
}
