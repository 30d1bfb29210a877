import type { ArgoApplication } from './application.ts';

/** The address and the name by which Argo CD calls the cluster it runs in. */
const [ownAddress, ownName] = ['https://kubernetes.default.svc', 'in-cluster'];

/** Which destinations mean the cluster of a target. */
export interface TargetCluster {
  /** API server addresses and names under which Argo CD may know it. */
  readonly destinations: readonly string[];
  /** Whether it is the cluster Argo CD runs in. */
  readonly isControl: boolean;
}

/** Whether an Application deploys to the cluster: by its server's address, or by name where it gives none. */
export function isDestination({ destination }: ArgoApplication, cluster: TargetCluster): boolean {
  const { server, name } = destination;
  if (server !== null) {
    if (sameAddress(server, ownAddress)) return cluster.isControl;
    return cluster.destinations.some((known) => sameAddress(known, server));
  }
  if (name === ownName) return cluster.isControl;
  return name !== null && cluster.destinations.includes(name);
}

function sameAddress(one: string, other: string): boolean {
  const [left, right] = [URL.parse(one), URL.parse(other)];
  if (left === null || right === null) return false;
  return left.origin === right.origin && plainPath(left) === plainPath(right);
}

function plainPath(url: URL): string {
  return url.pathname.replace(/\/+$/, '');
}
