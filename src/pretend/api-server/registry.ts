import type { JsonObject } from '../../model/json.ts';
import { builtinKinds, customKindsOf, type ServedKind } from './kinds.ts';
import type { ObjectStore } from './store.ts';

/** What is served now: the built-in kinds and those of the definitions in the store. */
export class Registry {
  readonly #store: ObjectStore;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  get kinds(): readonly ServedKind[] {
    return [...builtinKinds, ...this.definitions().flatMap(customKindsOf)];
  }

  /** The kind behind `/apis/GROUP/VERSION/PLURAL`. */
  find(group: string, version: string, plural: string): ServedKind | undefined {
    return this.kinds.find((kind) => kind.group === group && kind.version === version && kind.plural === plural);
  }

  /** The kind of an object. */
  kindOf(apiVersion: string, name: string): ServedKind | undefined {
    return this.kinds.find((kind) => groupVersionOf(kind) === apiVersion && kind.kind === name);
  }

  definitions(): readonly JsonObject[] {
    return this.#store.list(definitionKind, null).map(([, object]) => object);
  }
}

/** `apps/v1`, or `v1` in the core group. */
export function groupVersionOf(kind: Pick<ServedKind, 'group' | 'version'>): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}

function builtin(plural: string): ServedKind {
  const kind = builtinKinds.find((candidate) => candidate.plural === plural);
  if (kind === undefined) throw new Error(`${plural} is missing in the table of kinds`);
  return kind;
}

/** The kind of CustomResourceDefinitions. */
export const definitionKind = builtin('customresourcedefinitions');
/** The kind of namespaces. */
export const namespaceKind = builtin('namespaces');
/** The kind of services. */
export const serviceKind = builtin('services');
