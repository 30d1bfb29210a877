import { isFluxHelmRelease } from '../../formats/flux/helm-release.ts';
import {
  type FluxKustomization,
  isFluxKustomization,
  readFluxKustomization,
} from '../../formats/flux/kustomization.ts';
import { kustomizationNames, kustomizeInputs } from '../../formats/kustomization/kustomize-inputs.ts';
import { decodeManifests, decodeYaml } from '../../formats/yaml/decode.ts';
import { FairleadError } from '../../model/error.ts';
import type { Resource } from '../../model/resource.ts';
import type { Tree } from '../../model/tree.ts';
import { joinPath, treeFiles } from '../../tools/tree-files.ts';
import { artifactTree } from './flux-artifact.ts';
import { type FluxSources, ignoreOf } from './flux-sources.ts';
import { fluxTree } from './flux-tree.ts';

/** Larger files hold no objects of Flux, or are an attack. */
const maxBytes = 1024 * 1024;

/** The objects of Flux in the files of a tree, as written. Files that cannot be read are left to their renderer. */
export async function readFluxObjects(
  tree: Tree,
  likely: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<readonly Resource[]> {
  const paths = tree.entries
    .filter(({ path, mode, size }) => likely.has(path) && mode.startsWith('100') && size <= maxBytes)
    .map(({ path }) => path)
    .filter((path) => /\.ya?ml$/.test(path));
  const contents = await tree.read(paths, signal);
  return paths.flatMap((file) => {
    const bytes = contents.get(file);
    return bytes === undefined ? [] : decode(file, bytes);
  });
}

/** Whether a text may hold objects of Flux. */
export function maybeFlux(text: Buffer): boolean {
  return text.includes('toolkit.fluxcd.io/');
}

function decode(file: string, bytes: Uint8Array): readonly Resource[] {
  try {
    return decodeManifests({ file, bytes }).resources.filter(({ id }) => id.group.endsWith('.toolkit.fluxcd.io'));
  } catch (fault) {
    if (fault instanceof FairleadError && fault.code === 'decode-failed') return [];
    throw fault;
  }
}

/**
 * Of the objects as written those that no other one applies, so that something outside the repository (`flux bootstrap`, a person) must
 * have: Kustomizations whose file no other's folder takes in, and HelmReleases that nothing takes in.
 */
export async function findRoots(
  tree: Tree,
  { objects, sources }: { readonly objects: readonly Resource[]; readonly sources: FluxSources },
  signal: AbortSignal,
): Promise<readonly Resource[]> {
  const covered = await findCovered(tree, { objects, sources }, signal);
  const isCovered = (resource: Resource): boolean =>
    [...(covered.get(resource.source?.file ?? '') ?? [])].some((owner) => owner !== resource);
  const isLoose = ({ source }: Resource): boolean => !hasKustomization(tree, source?.file ?? '');
  return objects.filter(
    (resource) =>
      !isCovered(resource) && (isFluxKustomization(resource) || (isFluxHelmRelease(resource) && isLoose(resource))),
  );
}

/** By file, the Kustomizations that read it. */
async function findCovered(
  tree: Tree,
  { objects, sources }: { readonly objects: readonly Resource[]; readonly sources: FluxSources },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ReadonlySet<Resource>>> {
  const covered = new Map<string, Set<Resource>>();
  for (const resource of objects.filter(isFluxKustomization)) {
    const read = readFluxKustomization(resource);
    const source = 'kind' in read ? sources.find(read.source) : null;
    if (!('kind' in read) || source?.followsReview !== true) continue;
    for (const file of await filesOf(tree, { read, ignore: ignoreOf(source) }, signal)) {
      covered.set(file, (covered.get(file) ?? new Set()).add(resource));
    }
  }
  return covered;
}

/** The files a Kustomization reads; none when its folder is not there. */
async function filesOf(
  tree: Tree,
  { read, ignore }: { readonly read: FluxKustomization; readonly ignore: string | null },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const artifact = await artifactTree(tree, ignore, signal);
  const closure = async (from: Tree, root: string): Promise<readonly string[]> =>
    (await kustomizeInputs({ tree: from, root, readYaml: decodeYaml }, signal)).files;
  try {
    // A kustomization is read as it stands, what Flux adds names only components: so all share one index of the files.
    if (!isKustomized(artifact, read.path)) return await closure(await fluxTree(artifact, read, signal), read.path);
    const components = read.components.flatMap((component) => joinPath(read.path, component) ?? []);
    return (await Promise.all([read.path, ...components].map((root) => closure(artifact, root)))).flat();
  } catch (fault) {
    if (fault instanceof FairleadError) return [];
    throw fault;
  }
}

/** Whether an overlay beside a file may take it in. */
function hasKustomization(tree: Tree, file: string): boolean {
  const slash = file.lastIndexOf('/');
  return isKustomized(tree, slash === -1 ? '' : file.slice(0, slash));
}

function isKustomized(tree: Tree, folder: string): boolean {
  return treeFiles(tree)
    .list(folder)
    .some((name) => kustomizationNames.includes(name));
}
