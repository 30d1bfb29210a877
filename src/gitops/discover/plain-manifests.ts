import type { TreeEntry } from '../../model/tree.ts';
import { readBatches } from '../../tools/read-batches.ts';
import { treeFiles } from '../../tools/tree-files.ts';
import { type Found, folderInput, folderOf, isWithin } from './found.ts';
import { looksLikeManifest } from './ignored.ts';
import { placementOf } from './layout.ts';
import type { Snapshot } from './snapshot.ts';

/** What other applications have already. */
export interface Taken {
  /** Folders of kustomizations: what lies below them and is not listed is nobody's. */
  readonly kustomizations: ReadonlySet<string>;
  readonly charts: readonly string[];
  /** Files that kustomizations read. */
  readonly files: ReadonlySet<string>;
}

/**
 * Finds plain manifests. A tree of folders is one application: that of its topmost folder that directly holds manifests; a
 * folder that names another environment begins an application of its own. Manifests in the repository's root are an
 * application without the folders below, which in a repository of many applications are others'.
 */
export async function findPlain(snapshot: Snapshot, taken: Taken, signal: AbortSignal): Promise<readonly Found[]> {
  const candidates = snapshot.files.filter((entry) => isCandidate(entry, taken));
  const linked = await filterLinks(snapshot, taken, signal);
  const manifests = [...(await filterManifests(candidates, snapshot, signal)), ...linked.keys()].sort();
  const folders = new Set(manifests.map(folderOf));
  const groups = Map.groupBy(manifests, (path) => topmostFolder(folderOf(path), folders));
  return [...groups].map(([root, files]) => foundOf(root, { files, linked }, snapshot));
}

function isCandidate({ path }: TreeEntry, taken: Taken): boolean {
  if (!/\.(?:ya?ml|json)$/.test(path) || !looksLikeManifest(path) || taken.files.has(path)) return false;
  if (taken.charts.some((folder) => isWithin(path, folder))) return false;
  const folders = ancestors(folderOf(path));
  return !folders.some((folder) => folder !== '' && taken.kustomizations.has(folder)) && !isAtRoot(path, taken);
}

/** Beside a kustomization in the root only its own files are deployed; folders further down are looked at. */
function isAtRoot(path: string, taken: Taken): boolean {
  return taken.kustomizations.has('') && !path.includes('/');
}

/** Larger files are taken for manifests unseen: reading them is the renderer's affair, with its own limits. */
const maxSize = 5 * 1024 * 1024;

async function filterManifests(
  candidates: readonly TreeEntry[],
  snapshot: Snapshot,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const found = candidates
    .filter(({ size, path }) => size > maxSize && !path.endsWith('.json'))
    .map(({ path }) => path);
  const small = candidates.filter(({ size }) => size <= maxSize).map(({ path }) => path);
  for await (const contents of readBatches({ read: snapshot.readOnce }, small, signal)) {
    for (const [path, bytes] of contents) if (holdsManifest(path, bytes)) found.push(path);
  }
  return found;
}

/**
 * Links named like manifests, as kubectl follows them -> where they lead; null for out of the repository, which the renderer
 * refuses by name. A link to what is no manifest is left out.
 */
async function filterLinks(
  snapshot: Snapshot,
  taken: Taken,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string | null>> {
  const entries = new Map(snapshot.files.map((entry) => [entry.path, entry]));
  const linked = new Map<string, string | null>();
  for (const link of snapshot.links.filter((entry) => isCandidate(entry, taken))) {
    const place = await treeFiles(snapshot.tree).resolve(link.path, signal);
    if (place.kind === 'outside') linked.set(link.path, null);
    const target = entries.get(place.path);
    if (place.kind !== 'file' || target === undefined) continue;
    if ((await filterManifests([target], snapshot, signal)).length > 0) linked.set(link.path, place.path);
  }
  return linked;
}

/** Files of tools that look like objects but are never sent to a cluster, by API group. */
const toolGroups =
  /^(?:skaffold|backstage\.io|kind\.x-k8s\.io|kubeadm\.k8s\.io|kubelet\.config\.k8s\.io|kustomize\.config\.k8s\.io|eksctl\.io|k3d\.io|ctlptl\.dev|tilt\.dev|apiserver\.config\.k8s\.io|audit\.k8s\.io|client\.authentication\.k8s\.io)\//;

/**
 * Whether some document has `apiVersion` and `kind` at its top. Told by the text, so that a file with a broken document, or
 * one the renderer refuses, still counts.
 */
function holdsManifest(path: string, bytes: Uint8Array): boolean {
  const text = decoder.decode(bytes);
  if (path.endsWith('.json')) return /"apiVersion"\s*:/.test(text) && /"kind"\s*:/.test(text);
  return text.split(/^---/m).some((document) => {
    const version = /^\s{0,2}(?:\{\s*)?["']?apiVersion["']?\s*:\s*["']?([^\s"',}]+)/m.exec(document)?.[1];
    const kind = /(?:^\s{0,2}|[{,]\s*)["']?kind["']?\s*:\s*["']?([^\s"',}]+)/m.exec(document)?.[1];
    return (
      version !== undefined && kind !== undefined && !toolGroups.test(version) && `${version} ${kind}` !== 'v1 Config'
    );
  });
}

const decoder = new TextDecoder();

function topmostFolder(folder: string, holders: ReadonlySet<string>): string {
  const { environment } = placementOf(folder);
  const above = ancestors(folder).filter((candidate) => candidate !== '' && holders.has(candidate));
  return above.find((candidate) => placementOf(candidate).environment === environment) ?? folder;
}

/** A folder and all above it, the root first. */
function ancestors(folder: string): readonly string[] {
  if (folder === '') return [''];
  const segments = folder.split('/');
  return ['', ...segments.map((_, index) => segments.slice(0, index + 1).join('/'))];
}

function foundOf(
  root: string,
  { files, linked }: { readonly files: readonly string[]; readonly linked: ReadonlyMap<string, string | null> },
  snapshot: Snapshot,
): Found {
  const targets = files.flatMap((path) => linked.get(path) ?? []);
  const own = new Set([...files, ...targets]);
  const folders = new Set(files.map(folderOf));
  return {
    application: {
      ...placementOf(root),
      root,
      renderer: 'plain',
      valuesFiles: [],
      inputs: [folderInput(root), ...targets.map((path) => folderInput(folderOf(path))), ...files],
    },
    relate: (path) => {
      if (own.has(path)) return 'own';
      // A manifest that is gone belonged to the folder it stood in.
      const isGone = !snapshot.has(path) && looksLikeManifest(path);
      return isGone && folders.has(folderOf(path)) ? 'own' : null;
    },
  };
}
