/** One step of a path: an object key, a list index, or the merge keys that name a list item. */
export type PathSegment = string | number | Readonly<Record<string, string | number | boolean>>;

/** Where a value stands inside an object, from the root. */
export type Path = readonly PathSegment[];

/**
 * A path as people write it: `spec.template.spec.containers[name=web].image`. A key with a dot or bracket is quoted:
 * `metadata.annotations["a.b/c"]`.
 */
export function formatPath(path: Path): string {
  return path.map(formatSegment).join('').replace(/^\./, '');
}

/** A JSON pointer (RFC 6901) of plain keys and indexes, the key of line maps. */
export function formatPointer(path: readonly (string | number)[]): string {
  return path.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function formatSegment(segment: PathSegment): string {
  if (typeof segment === 'number') return `[${segment}]`;
  if (typeof segment === 'object') return `[${formatKeys(segment)}]`;
  return /^[A-Za-z0-9_$-]+$/.test(segment) ? `.${segment}` : `[${JSON.stringify(segment)}]`;
}

function formatKeys(keys: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(keys)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
