import type { ArgoCdOptions } from '../../../src/engines/argocd/options.ts';
import type { Redactor } from '../../../src/formats/redaction/redactor.ts';
import { readHealth } from '../../../src/gitops/health/read-health.ts';
import type { Cluster } from '../../../src/world/cluster/cluster.ts';

/** The health of objects of a cluster, as the engine asks for it. */
export function healthOf(cluster: Cluster, redactor: Redactor): ArgoCdOptions['health'] {
  return (ids, failedBefore, signal) => {
    const redact = (text: string): string => redactor.text(text);
    const resources = ids.map((id) => ({ id }));
    return readHealth({ cluster, resources, failedBefore, startedAt: null, now: () => new Date(), redact }, signal);
  };
}
