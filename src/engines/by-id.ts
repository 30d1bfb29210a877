import { type Resource, type ResourceId, resourceKey } from '../model/resource.ts';

/** Looks resources up by what the server calls them: it knows the namespace of those that name none. Of equal ones the last counts. */
export function byId(resources: readonly Resource[]): (id: ResourceId) => Resource | undefined {
  const exact = new Map(resources.map((resource) => [resourceKey(resource.id), resource]));
  const anywhere = new Map(resources.map((resource) => [resourceKey({ ...resource.id, namespace: null }), resource]));
  return (id) => exact.get(resourceKey(id)) ?? anywhere.get(resourceKey({ ...id, namespace: null }));
}
