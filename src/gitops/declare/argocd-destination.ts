import type { KnownCluster, Learned } from '../../model/argocd-knowledge.ts';
import type { Destination, PlacedCluster } from '../../model/declared.ts';

/** Argo CD's own cluster, where no Secret tells of it. */
const own: PlacedCluster = { name: 'in-cluster', server: 'https://kubernetes.default.svc' };

/** The cluster of a destination as Argo CD knows it (3.5, `GetDestinationCluster`); null where that is not known, or there is not exactly one. */
export function placeOf(
  { server, cluster }: Destination,
  clusters: Learned<readonly KnownCluster[]>,
): PlacedCluster | null {
  if (clusters.kind === 'unknown' || (server !== null && cluster !== null)) return null;
  const known = clusters.value.map(({ name, server: address }) => ({ name, server: trimmed(address) }));
  const all = known.some((one) => one.server === own.server) ? known : [...known, own];
  const isMeant = (one: PlacedCluster): boolean =>
    server === null ? one.name === cluster : one.server === trimmed(server);
  const [found, other] = all.filter(isMeant);
  return other === undefined ? (found ?? null) : null;
}

function trimmed(server: string): string {
  return server.replace(/\/+$/, '');
}
