import { isArgoObject } from '../../formats/argocd/document.ts';
import { decodeManifests } from '../../formats/yaml/decode.ts';
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

/** What is known of the files of a tree. */
export interface KnownFiles {
  /** Files that may hold objects of the controllers, by their text. */
  readonly likely: ReadonlySet<string>;
  /** Files that some kustomization reads. */
  readonly built: ReadonlySet<string>;
}

/**
 * Finds every Application and ApplicationSet that stands in a file of its own. Templates of charts are none yet, and what a
 * kustomization reads is an object only as that kustomization builds it: both are found by rendering.
 */
export async function findArgoObjects(
  tree: Tree,
  { likely, built }: KnownFiles,
  signal: AbortSignal,
): Promise<ArgoObjects> {
  const files = tree.entries.filter(({ mode, path, size }) => {
    const isOwn = likely.has(path) && !built.has(path) && mode.startsWith('100') && size <= maxBytes;
    return isOwn && /\.(?:ya?ml|json)$/.test(path) && !isTemplate(path, tree);
  });
  const resources: Resource[] = [];
  const findings: Finding[] = [];
  const contents = await tree.read(
    files.map(({ path }) => path),
    signal,
  );
  for (const { path, oid } of files) {
    const found = decodeOnce(path, oid, contents.get(path) ?? new Uint8Array());
    if ('rule' in found) findings.push(found);
    else resources.push(...found.resources);
  }
  return { resources, findings };
}

/** What files held: most of a repository is the same on both sides of a change, and in the next one. */
const decoded = new Map<string, ReturnType<typeof decodeFile>>();
const mostDecoded = 5_000;

function decodeOnce(path: string, oid: string, bytes: Uint8Array): ReturnType<typeof decodeFile> {
  const key = `${oid} ${path}`;
  const found = decoded.get(key) ?? decodeFile(path, bytes);
  decoded.set(key, found);
  const [oldest] = decoded.keys();
  if (decoded.size > mostDecoded && oldest !== undefined) decoded.delete(oldest);
  return found;
}

/** An Application is small; larger files are bundles of a tool. */
const maxBytes = 512 * 1024;

/** Whether a file is a template of a chart of the tree. */
export function isTemplate(path: string, tree: Tree): boolean {
  return chartsOf(tree).some((folder) => path.startsWith(folder === '' ? 'templates/' : `${folder}/templates/`));
}

const charts = new WeakMap<Tree, readonly string[]>();

function chartsOf(tree: Tree): readonly string[] {
  const files = (): readonly string[] =>
    tree.entries.filter(({ path }) => /(?:^|\/)Chart\.yaml$/.test(path)).map(({ path }) => folderOf(path));
  const found = charts.get(tree) ?? files();
  charts.set(tree, found);
  return found;
}

/** Whether any Application or ApplicationSet is among the objects of a list. */
export function argoObjectsOf(resources: readonly Resource[]): readonly Resource[] {
  return resources.filter((one) => isArgoObject(one, 'Application') || isArgoObject(one, 'ApplicationSet'));
}

/** Whether a text may declare applications of Argo CD. */
export function maybeArgo(text: Buffer): boolean {
  return text.includes('argoproj.io/v1alpha1') && /\bkind["']?\s*:\s*["']?Application(?:Set)?\b/.test(text.toString());
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
