import { isJsonObject, pick } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';

/** A resource that was given no namespace ('') as one that names none. */
export function withoutEmptyNamespace(resource: Resource): Resource {
  if (resource.id.namespace !== '') return resource;
  const metadata = pick(resource.object, 'metadata');
  const { namespace: _, ...rest } = isJsonObject(metadata) ? metadata : {};
  return { ...resource, id: { ...resource.id, namespace: null }, object: { ...resource.object, metadata: rest } };
}
