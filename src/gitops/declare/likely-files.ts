import { maybeClusterSecret } from '../../formats/argocd/cluster-secret.ts';
import { maybeSettings } from '../../formats/argocd/settings.ts';
import { strictVariables } from '../../formats/flux/feature-gates.ts';
import type { Tree } from '../../model/tree.ts';
import { readBatches } from '../../tools/read-batches.ts';
import { maybeArgo } from './argocd-objects.ts';
import { maybeProject } from './argocd-project-lookup.ts';
import { maybeFlux } from './flux-roots.ts';

/** Files of a tree that may hold objects of a controller, or of which one may be built. */
export interface LikelyFiles {
  readonly argo: ReadonlySet<string>;
  readonly flux: ReadonlySet<string>;
  /** AppProjects of Argo CD. */
  readonly projects: ReadonlySet<string>;
  /** Secrets that make clusters known to Argo CD. */
  readonly clusters: ReadonlySet<string>;
  /** ConfigMaps with settings of Argo CD. */
  readonly settings: ReadonlySet<string>;
  /** What installs a controller of some version. */
  readonly installs: ReadonlySet<string>;
  /** What may open feature gates of a controller. */
  readonly gates: ReadonlySet<string>;
}

/** Larger files hold no such objects, or are an attack. */
const maxBytes = 1024 * 1024;
/** A whole controller is larger: Argo CD's own manifests have 2 MB. */
const maxInstall = 4 * 1024 * 1024;
/** Contents whose text is not looked at again. */
const mostKnown = 200_000;

type Kinds = Readonly<Record<keyof LikelyFiles, boolean>>;

/**
 * Looks for them by the text of every file. Contents that were looked at once are known by their id, as many as `most`; what one call
 * forgets is not lost to another that is under way.
 */
export function createLikelyFiles(most = mostKnown): (tree: Tree, signal: AbortSignal) => Promise<LikelyFiles> {
  const known = new Map<string, Kinds>();
  return async (tree, signal) => {
    const files = tree.entries.filter(
      ({ path, mode, size }) => mode.startsWith('100') && size <= maxInstall && /\.(?:ya?ml|json|tpl)$/.test(path),
    );
    const kinds = new Map<string, Kinds>(files.flatMap(({ path, oid }) => pairOf(path, known.get(oid))));
    const fresh = new Map(files.flatMap(({ path, oid }) => (kinds.has(path) ? [] : [[path, oid] as const])));
    for await (const contents of readBatches(tree, [...fresh.keys()], signal)) {
      for (const [path, bytes] of contents) {
        const told = kindsOf(bytes);
        kinds.set(path, told);
        known.set(fresh.get(path) ?? '', told);
      }
    }
    forget(known, most);
    const pathsOf = (kind: keyof LikelyFiles) =>
      new Set([...kinds].flatMap(([path, told]) => (told[kind] ? [path] : [])));
    const argoKnows = { projects: pathsOf('projects'), clusters: pathsOf('clusters'), settings: pathsOf('settings') };
    const setUp = { installs: pathsOf('installs'), gates: pathsOf('gates') };
    return { argo: pathsOf('argo'), flux: pathsOf('flux'), ...argoKnows, ...setUp };
  };
}

function pairOf(path: string, kinds: Kinds | undefined): readonly (readonly [string, Kinds])[] {
  return kinds === undefined ? [] : [[path, kinds]];
}

function kindsOf(bytes: Uint8Array): Kinds {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isSmall = bytes.byteLength <= maxBytes;
  return {
    argo: isSmall && maybeArgo(text),
    flux: isSmall && maybeFlux(text),
    projects: isSmall && maybeProject(text),
    clusters: isSmall && maybeClusterSecret(text),
    settings: isSmall && maybeSettings(text),
    installs: maybeInstall(text),
    gates: text.includes(strictVariables),
  };
}

function maybeInstall(text: Buffer): boolean {
  return ['argo-cd', 'argoproj/argocd', 'argocd-repo-server', 'helm-controller'].some((word) => text.includes(word));
}

function forget(known: Map<string, Kinds>, most: number): void {
  for (const oldest of known.keys()) {
    if (known.size <= most) return;
    known.delete(oldest);
  }
}
