import { BorderError } from '../../../model/error.ts';
import type { JsonObject } from '../../../model/json.ts';
import { apiVersionOf, formatResource, type ResourceId } from '../../../model/resource.ts';
import type { ApiResource } from '../cluster.ts';

/** The `Accept` header for whole objects (null), or for the metadata of one or many. */
export function acceptOf(as: 'PartialObjectMetadata' | 'PartialObjectMetadataList' | null): string {
  return as === null ? 'application/json' : `application/json;as=${as};g=meta.k8s.io;v=v1`;
}

/**
 * An object under its own type. Items of lists carry no type, metadata-only objects that of their envelope; but masking
 * and everybody after it must know a Secret when they see one.
 */
export function readAs(resource: ApiResource, object: JsonObject): JsonObject {
  const { apiVersion, kind, ...rest } = object;
  if (typeof kind === 'string' && apiVersion !== 'meta.k8s.io/v1') return object;
  return { apiVersion: apiVersionOf(resource), kind: resource.kind, ...rest };
}

/** The action for sentences: `patch deployments.apps shop/web`. */
export function describeAction(verb: string, resource: ApiResource, id: ResourceId): string {
  const type = resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
  return `${verb} ${type} ${id.namespace === null ? id.name : `${id.namespace}/${id.name}`}`;
}

/** The id as the type's scope wants it; throws `invalid` when a namespace is missing. */
export function requireScope(resource: ApiResource, id: ResourceId): ResourceId {
  if (!resource.namespaced) return { ...id, namespace: null };
  if (id.namespace !== null) return id;
  throw new BorderError({
    kind: 'invalid',
    status: 0,
    code: 'namespace-missing',
    message: `${formatResource(id)} has no namespace, and ${resource.kind} objects live in one.`,
    subject: formatResource(id),
    remedy: 'Give the object a metadata.namespace.',
  });
}

/** The error for a type the server does not have. */
export function notServed(type: Pick<ResourceId, 'group' | 'version' | 'kind'>, server: string): BorderError {
  return new BorderError({
    kind: 'not-found',
    status: 404,
    code: 'kind-not-served',
    message: `Cluster ${server} does not serve ${apiVersionOf(type)} ${type.kind}.`,
    subject: `${apiVersionOf(type)} ${type.kind}`,
    remedy: 'Install its CustomResourceDefinition first, or use a version that the cluster serves.',
  });
}

/** The header that makes the server act as another user; none for null. */
export function impersonation(user: string | null): Readonly<Record<string, string>> {
  return user === null ? {} : { 'impersonate-user': user };
}

/** The error for an object that names nothing. */
export function unnamed(server: string): BorderError {
  return new BorderError({
    kind: 'invalid',
    status: 0,
    code: 'object-unnamed',
    message: 'An object without apiVersion, kind or metadata.name cannot be applied.',
    subject: server,
    remedy: 'Give the object an apiVersion, a kind and a metadata.name.',
  });
}
