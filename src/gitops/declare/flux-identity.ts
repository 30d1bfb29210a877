import { isJsonObject, type Json, type JsonObject, pick } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';

/** A resource with another object, and the identity that one states. Whether its kind is namespaced stays as it was. */
export function identified(resource: Resource, object: JsonObject): Resource {
  const apiVersion = textOf(pick(object, 'apiVersion'));
  const slash = apiVersion.indexOf('/');
  const id = {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind: textOf(pick(object, 'kind')),
    name: textOf(pick(object, 'metadata', 'name')),
    namespace: resource.id.namespace === null ? null : textOf(pick(object, 'metadata', 'namespace')),
  };
  return { ...resource, id, object };
}

function textOf(value: Json | undefined): string {
  return value === undefined || value === null || isJsonObject(value) ? '' : String(value);
}
