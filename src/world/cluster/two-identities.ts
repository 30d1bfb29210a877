import type { Cluster } from './cluster.ts';
import { forwarded } from './forwarded.ts';

/**
 * One cluster seen by two identities: `plan` reads and watches, `apply` does what writes. The dry-runs asked for here are those of a
 * deployment, so they are `apply`'s too: what it may not do shows before the first write. Previews of how somebody else writes are not.
 */
export function withTwoIdentities(plan: Cluster, apply: Cluster): Cluster {
  if (plan === apply) return plan;
  return {
    ...forwarded(plan),
    write: (object, options, signal) => apply.write(object, options, signal),
    patch: (id, jsonPatch, options, signal) => apply.patch(id, jsonPatch, options, signal),
    remove: (id, options, signal) => apply.remove(id, options, signal),
    close: async () => {
      await Promise.all([plan.close(), apply.close()]);
    },
  };
}
