import { type JsonObject, pick } from '../../model/json.ts';
import type { ResourceId } from '../../model/resource.ts';
import { type FluxObject, readFluxObject, text } from './flux-object.ts';
import { readInventory } from './inventory-id.ts';

/** The type of the objects that apply a folder. */
export const kustomizationType = {
  group: 'kustomize.toolkit.fluxcd.io',
  version: 'v1',
  kind: 'Kustomization',
} as const;

/** Names one object of Flux within its kind. */
export interface Ref {
  readonly namespace: string;
  readonly name: string;
}

/** A Kustomization as the engine needs it. */
export interface Kustomization extends FluxObject {
  readonly kind: 'kustomization';
  /** Null when it takes its files from something else than a GitRepository. */
  readonly source: Ref | null;
  /** Folder in the repository, without slashes at its ends; '' is the root. */
  readonly path: string;
  /** Whether it applies to another cluster. */
  readonly isRemote: boolean;
  /** Whether it deletes what Git has no more. */
  readonly prunes: boolean;
  /** How it renames what it applies. */
  readonly naming: { readonly prefix: string; readonly suffix: string; readonly namespace: string | null };
  /** Revision it last tried, and the one it last brought to an end; '' before. */
  readonly attempted: string;
  readonly applied: string;
  readonly inventory: readonly ResourceId[];
}

/** Reads a Kustomization. */
export function readKustomization(object: JsonObject): Kustomization {
  const common = readFluxObject(object, kustomizationType);
  return {
    ...common,
    kind: 'kustomization',
    source: readSourceRef(object, ['spec', 'sourceRef']),
    path: trimPath(text(object, 'spec', 'path')),
    isRemote: pick(object, 'spec', 'kubeConfig') !== undefined,
    prunes: pick(object, 'spec', 'prune') === true,
    naming: {
      prefix: text(object, 'spec', 'namePrefix'),
      suffix: text(object, 'spec', 'nameSuffix'),
      namespace: text(object, 'spec', 'targetNamespace') || null,
    },
    attempted: text(object, 'status', 'lastAttemptedRevision'),
    applied: text(object, 'status', 'lastAppliedRevision'),
    inventory: readInventory(object),
  };
}

/** The GitRepository a reference names, in the object's own namespace when it names none; null for other kinds. */
export function readSourceRef(object: JsonObject, keys: readonly string[]): Ref | null {
  if (text(object, ...keys, 'kind') !== 'GitRepository') return null;
  const namespace = text(object, ...keys, 'namespace') || text(object, 'metadata', 'namespace');
  return { namespace, name: text(object, ...keys, 'name') };
}

/** A folder of a repository without `./`, and without slashes at its ends. */
export function trimPath(path: string): string {
  return path
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
    .join('/');
}
