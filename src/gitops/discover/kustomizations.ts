import {
  type KustomizeInputs,
  kustomizationNames,
  kustomizeInputs,
} from '../../formats/kustomization/kustomize-inputs.ts';
import { pickText } from '../../model/json.ts';
import { type Found, folderOf, isWithin } from './found.ts';
import { placementOf } from './layout.ts';
import type { Snapshot } from './snapshot.ts';

/** The kustomizations of a tree. */
export interface Kustomizations {
  /** Those that no other includes. */
  readonly found: readonly Found[];
  /** Every folder that holds a kustomization. */
  readonly folders: ReadonlySet<string>;
  /** Every file that some kustomization reads. */
  readonly files: ReadonlySet<string>;
  /** What the kustomization of a folder reads. */
  closureOf(folder: string, signal: AbortSignal): Promise<KustomizeInputs>;
}

/** Whether a file is a kustomization. */
export function isKustomization(path: string): boolean {
  return kustomizationNames.includes(path.slice(path.lastIndexOf('/') + 1));
}

/** Finds kustomization roots through the closure of each one. Components are never roots. */
export async function findKustomizations(snapshot: Snapshot, signal: AbortSignal): Promise<Kustomizations> {
  const paths = snapshot.files.map(({ path }) => path).filter(isKustomization);
  const closures = new Map<string, KustomizeInputs>();
  const components = new Set<string>();
  for (const path of paths) {
    const folder = folderOf(path);
    const document = await snapshot.document(path, signal);
    if (pickText(document?.value, 'kind') === 'Component') components.add(folder);
    const input = { tree: snapshot.tree, root: folder, readYaml: snapshot.readYaml };
    if (!closures.has(folder)) closures.set(folder, await kustomizeInputs(input, signal));
  }
  const roots = rootsOf(closures).filter((folder) => !components.has(folder));
  return {
    found: roots.flatMap((folder) => applicationOf(folder, closures.get(folder))),
    folders: new Set(closures.keys()),
    files: new Set([...closures.values()].flatMap(({ files }) => files)),
    closureOf: async (folder, closureSignal) =>
      closures.get(folder) ??
      kustomizeInputs({ tree: snapshot.tree, root: folder, readYaml: snapshot.readYaml }, closureSignal),
  };
}

/** Folders that no other includes; of folders that only include each other, the first. */
function rootsOf(closures: ReadonlyMap<string, KustomizeInputs>): readonly string[] {
  const below = [...closures].flatMap(([folder, { folders }]) => folders.filter((other) => other !== folder));
  const included = new Set(below);
  const roots = [...closures.keys()].filter((folder) => !included.has(folder));
  const covered = new Set(roots.flatMap((root) => closures.get(root)?.folders ?? []));
  for (const [folder, { folders }] of closures) {
    if (covered.has(folder)) continue;
    roots.push(folder);
    for (const other of folders) covered.add(other);
  }
  return roots;
}

function applicationOf(root: string, closure: KustomizeInputs | undefined): readonly Found[] {
  if (closure === undefined) return [];
  const inputs = [...closure.files, ...closure.missing].sort();
  const read = new Set(inputs);
  const application = { ...placementOf(root), root, renderer: 'kustomize' as const, valuesFiles: [], inputs };
  return [
    {
      application,
      remote: closure.remote,
      relate: (path) => {
        if (!read.has(path)) return null;
        return isWithin(path, root) ? 'own' : 'base';
      },
    },
  ];
}
