import type { KindId } from '../../formats/openapi/definition.ts';
import { apiVersionOf, type Resource } from '../../model/resource.ts';
import type { KindFacts } from './check.ts';
import { nearest } from './nearest.ts';

/** The kinds a target has, as far as they are known. */
export interface KnownKinds {
  /** Every kind the cluster serves; null when no cluster was asked. */
  readonly served: readonly KindId[] | null;
  /** The kinds of the bundle. */
  readonly builtIn: readonly KindId[];
}

/** What is known of a kind: whether it is served, and what else could have been meant. */
export function factsOf(id: KindId, known: KnownKinds): KindFacts {
  const candidates = known.served ?? known.builtIn;
  return {
    served: known.served === null ? null : known.served.some((kind) => kindKey(kind) === kindKey(id)),
    builtInGroup: known.builtIn.some((kind) => kind.group === id.group),
    alternatives: alternatives(id, candidates),
  };
}

/** `group/version/kind`, for maps. */
export function kindKey(id: KindId): string {
  return `${id.group}/${id.version}/${id.kind}`;
}

function alternatives(id: KindId, candidates: readonly KindId[]): readonly string[] {
  const sameName = candidates.filter((kind) => kind.kind.toLowerCase() === id.kind.toLowerCase());
  if (sameName.length > 0) return describe(sameName);
  const siblings = candidates.filter((kind) => kind.group === id.group && kind.version === id.version);
  const near = nearest(id.kind, [...new Set(siblings.map((kind) => kind.kind))]);
  return describe(siblings.filter((kind) => kind.kind === near));
}

function describe(kinds: readonly KindId[]): readonly string[] {
  return [...new Set(kinds.map((kind) => `${apiVersionOf(kind)} ${kind.kind}`))].slice(0, 3);
}

/** Whether a resource declares kinds. */
export function isKindDefinition({ id }: Pick<Resource, 'id'>): boolean {
  return id.group === 'apiextensions.k8s.io' && id.kind === 'CustomResourceDefinition';
}
