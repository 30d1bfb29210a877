import { BorderError } from '../../model/error.ts';
import type { JsonObject } from '../../model/json.ts';
import { identify, type ResourceId } from '../../model/resource.ts';
import type { Cluster, Discovery } from './cluster.ts';
import { forwarded } from './forwarded.ts';

/** What may be asked for: an object by its id, or, with the name '', all of a kind in a namespace. */
export type Fence = (id: ResourceId) => boolean;

/**
 * A cluster that is asked about nothing beyond a fence: the last guard, whoever decided before what is to be read or written. What is
 * outside is refused with `BorderError` `outside-tenancy`, before any request, in the same words whether it exists or not.
 */
export function fenced(cluster: Cluster, discovery: Discovery, fence: Fence): Cluster {
  const guard = (id: ResourceId): void => {
    if (!fence(id)) throw outside(cluster.name);
  };
  const guardObject = (object: JsonObject): void => {
    const id = identify(object);
    // What names nothing is refused by the cluster itself.
    if (id !== null) guard(id);
  };
  const guardAll = (type: Pick<ResourceId, 'group' | 'version' | 'kind'>, namespace: string | null): void => {
    const isNamespaced = discovery.find(type)?.namespaced ?? true;
    if (isNamespaced && namespace === null) throw outside(cluster.name);
    guard({ ...type, namespace, name: '' });
  };
  return {
    ...forwarded(cluster),
    get: async (id, signal) => {
      guard(id);
      return cluster.get(id, signal);
    },
    list: async (type, options, signal) => {
      guardAll(type, options.namespace);
      return cluster.list(type, options, signal);
    },
    write: async (object, options, signal) => {
      guardObject(object);
      return cluster.write(object, options, signal);
    },
    preview: async (object, options, signal) => {
      guardObject(object);
      return cluster.preview(object, options, signal);
    },
    patch: async (id, jsonPatch, options, signal) => {
      guard(id);
      return cluster.patch(id, jsonPatch, options, signal);
    },
    remove: async (id, options, signal) => {
      guard(id);
      return cluster.remove(id, options, signal);
    },
    watch: (type, options, signal) => {
      guardAll(type, options.namespace);
      return cluster.watch(type, options, signal);
    },
    podLogs: async (id, lines, signal) => {
      guard(id);
      return cluster.podLogs(id, lines, signal);
    },
  };
}

function outside(name: string): BorderError {
  return new BorderError({
    kind: 'forbidden',
    status: 0,
    code: 'outside-tenancy',
    subject: name,
    message: `An object of cluster ${name} lies outside the tenancy of what asks for it.`,
    remedy: 'Have the owners of the tenancy take it in: tenancy in .fairlead.yaml and in the file of the server.',
  });
}
