import type { Cluster } from './cluster.ts';

/** A cluster that passes every call on, for those who answer some of them otherwise. */
export function forwarded(cluster: Cluster): Cluster {
  return {
    name: cluster.name,
    version: (signal) => cluster.version(signal),
    uid: (signal) => cluster.uid(signal),
    discovery: (signal) => cluster.discovery(signal),
    openapi: (signal) => cluster.openapi(signal),
    get: (id, signal) => cluster.get(id, signal),
    list: (type, options, signal) => cluster.list(type, options, signal),
    write: (object, options, signal) => cluster.write(object, options, signal),
    preview: (object, options, signal) => cluster.preview(object, options, signal),
    applied: (live) => cluster.applied(live),
    patch: (id, jsonPatch, options, signal) => cluster.patch(id, jsonPatch, options, signal),
    remove: (id, options, signal) => cluster.remove(id, options, signal),
    watch: (type, options, signal) => cluster.watch(type, options, signal),
    podLogs: (id, lines, signal) => cluster.podLogs(id, lines, signal),
    as: () => {
      throw new TypeError('a cluster is asked as somebody else before anything is put around it');
    },
    close: () => cluster.close(),
  };
}
