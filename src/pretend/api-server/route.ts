import type { ServedKind } from './kinds.ts';
import type { Registry } from './registry.ts';
import { notServed } from './status.ts';

/** What a resource URL names. */
export interface Route {
  readonly kind: ServedKind;
  /** null for cluster-scoped kinds and for all namespaces together. */
  readonly namespace: string | null;
  /** null for the collection. */
  readonly name: string | null;
  /** Empty, `status`, `log`, ... */
  readonly subresource: string;
}

/**
 * Reads `/api/v1/...` and `/apis/GROUP/VERSION/...`; null for paths that name no resource. Throws a 404 `StatusError` for a
 * type that is not served.
 */
export function readRoute(pathname: string, registry: Registry): Route | null {
  const [root, ...rest] = pathname.split('/').filter(Boolean).map(decodeURIComponent);
  const [group, version, ...parts] = root === 'api' ? ['', ...rest] : rest;
  if ((root !== 'api' && root !== 'apis') || group === undefined || version === undefined) return null;
  if (parts.length === 0) return null;
  const place = locate(parts);
  const kind = registry.find(group, version, place.plural);
  if (kind === undefined || (place.namespace !== null && !kind.namespaced)) throw notServed();
  return { kind, namespace: place.namespace, name: place.name, subresource: place.subresource };
}

interface Place extends Omit<Route, 'kind'> {
  readonly plural: string;
}

function locate(parts: readonly string[]): Place {
  const [first = '', second = null, third = null] = parts;
  const isInside = first === 'namespaces' && second !== null && third !== null && !namespaceParts.has(third);
  if (!isInside) return { plural: first, namespace: null, name: second, subresource: third ?? '' };
  const [plural = '', name = null, subresource = ''] = parts.slice(2);
  return { plural, namespace: second, name, subresource };
}

/** Subresources of a namespace itself. */
const namespaceParts = new Set(['status', 'finalize']);
