import type { FieldPath, Fields } from './fields.ts';

/** Names an object of Flux. */
export interface FluxReference {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** An object that must be ready before. */
export interface Dependency {
  readonly namespace: string;
  readonly name: string;
  /** 1-based; null in an object that was rendered. */
  readonly line: number | null;
}

/** `namespace/name`, or the name alone where there is no namespace. */
export function formatReference({ kind, namespace, name }: FluxReference): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}

/** The reference at a path: one without a namespace means the object's own. */
export function readReference<const K extends string>(
  fields: Fields,
  path: FieldPath,
  { kinds, namespace }: { readonly kinds: readonly K[]; readonly namespace: string },
): FluxReference {
  fields.required(...path, 'kind');
  return {
    kind: fields.oneOf(kinds, ...path, 'kind') ?? '',
    namespace: fields.text(...path, 'namespace') || namespace,
    name: fields.required(...path, 'name'),
  };
}

/** What `spec.dependsOn` names. */
export function readDependencies(
  fields: Fields,
  namespace: string,
  lineAt: (path: FieldPath) => number | null,
): readonly Dependency[] {
  return fields.items('spec', 'dependsOn').map((path) => ({
    namespace: fields.text(...path, 'namespace') || namespace,
    name: fields.required(...path, 'name'),
    line: lineAt(path),
  }));
}
