import { instanceName, overrideSource } from '../../formats/argocd/application.ts';
import { type ArgoDocument, findingOf, invalid } from '../../formats/argocd/document.ts';
import { decodeYaml } from '../../formats/yaml/decode.ts';
import type { DeclaredApplication } from '../../model/declared.ts';
import { FairleadError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { Tree } from '../../model/tree.ts';
import { treeFiles } from '../../tools/tree-files.ts';
import { readingOf } from './argocd-reading.ts';
import type { ArgoWorld } from './argocd-world.ts';

/** An application after a look at its source's files. */
export interface Overridden {
  /** Null where Argo CD would not render it. */
  readonly application: DeclaredApplication | null;
  readonly findings: readonly Finding[];
}

/** Which source of an application, and its files. */
export interface SourceFiles {
  readonly index: number;
  readonly tree: Tree;
  /** Folder of the source in the tree; '' where the tree is a chart. */
  readonly folder: string;
  readonly hydrator: 'dry' | 'sync';
}

/** As many bytes as an override file may have. */
const limits = { bytes: 512 * 1024, nodes: 50_000 };

/**
 * Merges `.argocd-source.yaml` and `.argocd-source-NAME.yaml` of a source's folder into it. For sources that are fetched later
 * it is asked again, with their files; `document` is then what `documentOf` makes of the application.
 */
export async function overrideFromTree(
  { application, document }: { readonly application: DeclaredApplication; readonly document: ArgoDocument },
  { index, tree, folder, hydrator }: SourceFiles,
  world: Pick<ArgoWorld, 'controllerNamespace' | 'revisionOf'>,
  signal: AbortSignal,
): Promise<Overridden> {
  const reading = readingOf(world, hydrator);
  const place = await treeFiles(tree).resolve(folder, signal);
  if (place.kind !== 'folder') {
    const why = place.kind === 'file' ? 'app path is not a directory' : 'app path does not exist';
    const pointer = pointerOf(document, { index, hydrator });
    return { application: null, findings: [findingOf(document, invalid(pointer, `${folder}: ${why}`))] };
  }
  const at = (name: string) => (place.path === '' ? name : `${place.path}/${name}`);
  const there = treeFiles(tree).list(place.path);
  const names = ['.argocd-source.yaml', `.argocd-source-${instanceName(document, reading)}.yaml`].filter((name) =>
    there.includes(name),
  );
  const read = await Promise.all(names.map((name) => readOverride(tree, at(name), signal)));
  const [fault] = read.flatMap((one) => (typeof one === 'string' ? [one] : []));
  if (fault !== undefined) {
    const message = `error while parsing source parameters: ${fault}`;
    return { application: null, findings: [findingOf(document, invalid('', message))] };
  }
  const merges = read.flatMap((one) => (one === null || typeof one === 'string' ? [] : [one]));
  return merges.length === 0
    ? { application, findings: [] }
    : overrideSource(application, document, { index, merges, reading });
}

/** An application's object as it was declared, without the lines of its fields. */
export function documentOf({ object, declaredAt, name, namespace }: DeclaredApplication): ArgoDocument {
  const id = { group: 'argoproj.io', version: 'v1alpha1', kind: 'Application', namespace, name };
  return { id, object, source: declaredAt, lines: new Map(), random: [] };
}

function pointerOf({ object }: ArgoDocument, { index, hydrator }: Pick<SourceFiles, 'index' | 'hydrator'>): string {
  const spec = isJsonObject(object['spec']) ? object['spec'] : {};
  if (isJsonObject(spec['sourceHydrator'])) return `/spec/sourceHydrator/${hydrator}Source/path`;
  return Array.isArray(spec['sources']) && spec['sources'].length > 0
    ? `/spec/sources/${index}/path`
    : '/spec/source/path';
}

/** What a file holds, why it holds nothing, or null where there is none. */
async function readOverride(tree: Tree, path: string, signal: AbortSignal): Promise<JsonObject | string | null> {
  const place = await treeFiles(tree).resolve(path, signal);
  if (place.kind !== 'file') return null;
  const bytes = (await tree.read([place.path], signal)).get(place.path) ?? new Uint8Array();
  try {
    // Of several documents the first counts, an empty one too.
    const value = decodeYaml({ file: path, bytes, limits })[0]?.value ?? null;
    if (value === null) return `${path}: Invalid JSON Patch`;
    return isJsonObject(value) ? value : `${path} is no object`;
  } catch (fault) {
    if (!(fault instanceof FairleadError)) throw fault;
    return fault.message;
  }
}
