import type { ResourceId } from '../../../model/resource.ts';
import type { ApiResource } from '../cluster.ts';

/** Query parameters; null ones are left out. */
export type Query = Readonly<Record<string, string | number | boolean | null>>;

/** `/api/v1` or `/apis/GROUP/VERSION`. */
export function groupVersionPath(type: Pick<ResourceId, 'group' | 'version'>): string {
  return type.group === '' ? `/api/${segment(type.version)}` : `/apis/${segment(type.group)}/${segment(type.version)}`;
}

/** The path of a collection; `namespace` null is the whole cluster. */
export function collectionPath(resource: ApiResource, namespace: string | null): string {
  const place = namespace !== null && resource.namespaced ? `/namespaces/${segment(namespace)}` : '';
  return `${groupVersionPath(resource)}${place}/${segment(resource.plural)}`;
}

/** The path of one object. Names keep their case and are percent-encoded: `MyRole:View` is another object than `myrole:view`. */
export function objectPath(resource: ApiResource, id: ResourceId): string {
  return `${collectionPath(resource, id.namespace)}/${segment(id.name)}`;
}

/** The path with its query. */
export function withQuery(path: string, query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== null) parameters.set(name, String(value));
  return parameters.size === 0 ? path : `${path}?${parameters}`;
}

/** `.` and `..` mean the folder and its parent to URL parsers even when written `%2E`, and no object can have these names. */
function segment(text: string): string {
  if (text === '.' || text === '..') throw new RangeError(`"${text}" cannot be a name`);
  return encodeURIComponent(text);
}
