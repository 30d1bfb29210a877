import type { Cluster } from './cluster.ts';

/**
 * One cluster seen by two identities: `plan` reads and watches, `apply` does what writes. The dry-runs asked for here are those of a
 * deployment, so they are `apply`'s too: what it may not do shows before the first write. Previews of how somebody else writes are not.
 */
export function withTwoIdentities(plan: Cluster, apply: Cluster): Cluster {
  if (plan === apply) return plan;
  return {
    name: plan.name,
    version: (signal) => plan.version(signal),
    uid: (signal) => plan.uid(signal),
    discovery: (signal) => plan.discovery(signal),
    openapi: (signal) => plan.openapi(signal),
    get: (id, signal) => plan.get(id, signal),
    list: (type, options, signal) => plan.list(type, options, signal),
    preview: (object, options, signal) => plan.preview(object, options, signal),
    applied: (live) => plan.applied(live),
    watch: (type, options, signal) => plan.watch(type, options, signal),
    podLogs: (id, lines, signal) => plan.podLogs(id, lines, signal),
    write: (object, options, signal) => apply.write(object, options, signal),
    patch: (id, jsonPatch, options, signal) => apply.patch(id, jsonPatch, options, signal),
    remove: (id, options, signal) => apply.remove(id, options, signal),
    close: async () => {
      await Promise.all([plan.close(), apply.close()]);
    },
  };
}
