import type { FluxKustomization } from '../../formats/flux/kustomization.ts';
import { kustomizationNames } from '../../formats/kustomization/kustomize-inputs.ts';
import { FairleadError } from '../../model/error.ts';
import type { Tree } from '../../model/tree.ts';
import { overlayFiles } from '../../tools/mount-trees.ts';
import { joinPath, treeFiles } from '../../tools/tree-files.ts';

/**
 * The tree with the kustomization file that Flux builds from laid over it: the one of the folder, or one that names every manifest
 * below, each with what the Kustomization adds. Rendering `kustomization.path` of it with kustomize gives what the controller builds,
 * before variables and common metadata. `tree` is the artifact (`artifactTree`). Throws `FairleadError` `render-failed` for a path or
 * component that is not there. Source of the rules: fluxcd/pkg/kustomize v1.35, kustomize_generator.go.
 */
export async function fluxTree(tree: Tree, kustomization: FluxKustomization, signal: AbortSignal): Promise<Tree> {
  const { path } = kustomization;
  const files = treeFiles(tree);
  if (path !== '' && files.list(path).length === 0) throw pathMissing(kustomization);
  const name = kustomizationNames.find((one) => isFile(tree, inside(path, one)));
  const file = inside(path, name ?? 'kustomization.yaml');
  const before = name === undefined ? generated(tree, path) : await readText(tree, file, signal);
  const components = kustomization.components.filter((component) => isThere(tree, kustomization, component));
  if (before.length > maxCharacters) throw tooLarge(file);
  const { overlayKustomization } = await import('./flux-kustomization-file.ts');
  const text = overlayKustomization(before, { ...kustomization, components }, name === undefined);
  // Without a change the tree stays the same, and what is known of it with it.
  if (name !== undefined && text === before) return tree;
  return overlayFiles(tree, new Map([[file, new TextEncoder().encode(text)]]));
}

/** Larger ones are an attack: the file is read on this thread. */
const maxCharacters = 1024 * 1024;

function tooLarge(file: string): FairleadError {
  return new FairleadError({
    code: 'render-failed',
    message: `${file} is larger than a kustomization may be (1 MiB).`,
    subject: file,
    remedy: 'Split the kustomization, or move patches into files of their own.',
  });
}

function pathMissing({ path, resource }: FluxKustomization): FairleadError {
  return new FairleadError({
    code: 'render-failed',
    message: `Kustomization ${resource.id.name}: the folder ${path} is not in its source.`,
    subject: resource.source?.file ?? path,
    remedy: 'Correct spec.path, or look whether .sourceignore leaves the folder out.',
  });
}

function isFile(tree: Tree, path: string): boolean {
  return entriesByPath(tree).has(path);
}

/** Whether a component is taken; one that is not there is only left out when the object says so. */
function isThere(tree: Tree, kustomization: FluxKustomization, component: string): boolean {
  if (/^(?:git::|gh:|ssh:\/\/|https?:\/\/|git@|github\.com[:/]|(?:file:\/\/)?\/)./i.test(component)) {
    throw new FairleadError({
      code: 'render-failed',
      message: `Kustomization ${kustomization.name}: the component path '${component}' must be local and relative.`,
      subject: kustomization.resource.source?.file ?? component,
      remedy: 'Name a folder of the same source.',
    });
  }
  if (!kustomization.ignoresMissingComponents) return true;
  const folder = joinPath(kustomization.path, component);
  return folder !== null && treeFiles(tree).list(folder).length > 0;
}

/** A kustomization file that names the manifests and kustomizations below a folder, in the order of a walk over the disk. */
function generated(tree: Tree, root: string): string {
  const head = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n';
  const resources = [...manifestsBelow(tree, root, '.')];
  // Without anything kustomize would call the file empty.
  if (resources.length === 0) return `${head}namespace: _placeholder\n`;
  return `${head}resources:\n${resources.map((resource) => `  - ${JSON.stringify(resource)}\n`).join('')}`;
}

function* manifestsBelow(tree: Tree, folder: string, seen: string): Generator<string> {
  const files = treeFiles(tree);
  for (const name of [...files.list(folder)].sort(byBytes)) {
    const path = inside(folder, name);
    if (isFile(tree, path)) {
      if (/\.ya?ml$/.test(name)) yield `${seen}/${name}`;
    } else if (kustomizationNames.some((one) => isFile(tree, inside(path, one)))) yield `${seen}/${name}`;
    else yield* manifestsBelow(tree, path, `${seen}/${name}`);
  }
}

/** As Go sorts names. */
function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

async function readText(tree: Tree, path: string, signal: AbortSignal): Promise<string> {
  return new TextDecoder().decode((await tree.read([path], signal)).get(path));
}

const known = new WeakMap<Tree, ReadonlySet<string>>();

function entriesByPath(tree: Tree): ReadonlySet<string> {
  const paths = known.get(tree) ?? new Set(tree.entries.map(({ path }) => path));
  known.set(tree, paths);
  return paths;
}

function inside(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
