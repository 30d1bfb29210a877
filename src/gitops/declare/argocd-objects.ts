import { isArgoObject } from '../../formats/argocd/document.ts';
import { kustomizationNames, kustomizeInputs } from '../../formats/kustomization/kustomize-inputs.ts';
import { decodeManifests, decodeYaml } from '../../formats/yaml/decode.ts';
import { FairleadError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import type { Tree } from '../../model/tree.ts';

/** Applications and ApplicationSets written in a tree. */
export interface ArgoObjects {
  readonly resources: readonly Resource[];
  /** Files that look as if they held some and cannot be read. */
  readonly findings: readonly Finding[];
}

/**
 * Finds every Application and ApplicationSet that stands in a file of its own. Templates of charts are none yet, and what a
 * kustomization reads is an object only as that kustomization builds it: both are found by rendering.
 */
export async function findArgoObjects(tree: Tree, signal: AbortSignal): Promise<ArgoObjects> {
  const charts = tree.entries.filter(({ path }) => /(?:^|\/)Chart\.yaml$/.test(path)).map(({ path }) => folderOf(path));
  const files = tree.entries.filter(({ mode, path, size }) => {
    return mode.startsWith('100') && /\.(?:ya?ml|json)$/.test(path) && size <= maxBytes && !isTemplate(path, charts);
  });
  const resources: Resource[] = [];
  const findings: Finding[] = [];
  const paths = files.map(({ path }) => path);
  const likely = await readLikely(tree, paths, signal);
  const built = likely.size === 0 ? new Set<string>() : await filesOfKustomizations(tree, signal);
  for (const [file, bytes] of [...likely].filter(([path]) => !built.has(path))) {
    const found = decodeFile(file, bytes);
    if ('rule' in found) findings.push(found);
    else resources.push(...found.resources);
  }
  return { resources, findings };
}

/** An Application is small; larger files are bundles of a tool. */
const maxBytes = 512 * 1024;
/** How many files are held in memory at once. */
const batch = 500;

function isTemplate(path: string, charts: readonly string[]): boolean {
  return charts.some((folder) => path.startsWith(folder === '' ? 'templates/' : `${folder}/templates/`));
}

/** Whether any Application or ApplicationSet is among the objects of a list. */
export function argoObjectsOf(resources: readonly Resource[]): readonly Resource[] {
  return resources.filter((one) => isArgoObject(one, 'Application') || isArgoObject(one, 'ApplicationSet'));
}

async function readLikely(
  tree: Tree,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const likely = new Map<string, Uint8Array>();
  for (let start = 0; start < paths.length; start += batch) {
    const contents = await tree.read(paths.slice(start, start + batch), signal);
    for (const [path, bytes] of contents) if (isLikely(bytes)) likely.set(path, bytes);
  }
  return likely;
}

function isLikely(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return text.includes('argoproj.io/v1alpha1') && /\bkind["']?\s*:\s*["']?Application(?:Set)?\b/.test(text.toString());
}

async function filesOfKustomizations(tree: Tree, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const all = tree.entries.filter(({ path }) => kustomizationNames.includes(path.slice(path.lastIndexOf('/') + 1)));
  const small = all.filter(({ mode, size }) => mode.startsWith('100') && size <= maxBytes).map(({ path }) => path);
  const known = await knowing(tree, small, signal);
  const files = new Set<string>();
  for (const root of new Set(all.map(({ path }) => folderOf(path)))) {
    const inputs = await kustomizeInputs({ tree: known, root, readYaml: decodeYaml }, signal);
    for (const file of inputs.files) files.add(file);
  }
  return files;
}

/** The tree with some files read in one go: bases are read for every overlay. */
async function knowing(tree: Tree, paths: readonly string[], signal: AbortSignal): Promise<Tree> {
  const contents = await tree.read(paths, signal);
  return {
    id: tree.id,
    entries: tree.entries,
    read: async (wanted, readSignal) => {
      const others = wanted.filter((path) => !contents.has(path));
      const read = others.length === 0 ? new Map<string, Uint8Array>() : await tree.read(others, readSignal);
      return new Map(wanted.map((path) => [path, contents.get(path) ?? read.get(path) ?? new Uint8Array()]));
    },
  };
}

function decodeFile(file: string, bytes: Uint8Array): { readonly resources: readonly Resource[] } | Finding {
  try {
    return { resources: argoObjectsOf(decodeManifests({ file, bytes }).resources) };
  } catch (fault) {
    if (!(fault instanceof FairleadError)) throw fault;
    const line = Number(/:(\d+)$/.exec(fault.subject)?.[1] ?? 1);
    const message = `The file seems to declare applications of Argo CD and cannot be read: ${fault.message}`;
    const { remedy: fix } = fault;
    return { rule: 'argocd-unreadable', severity: 'caution', target: null, resource: null, file, line, message, fix };
  }
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}
