import { type ClusterSecret, readClusterSecret } from '../../formats/argocd/cluster-secret.ts';
import { type ClusterIdentity, type KnownCluster, type Learned, nothingKnown } from '../../model/argocd-knowledge.ts';
import type { Resource } from '../../model/resource.ts';
import type { Declaring } from './declaring.ts';
import { readWritten } from './written-objects.ts';

/** Cluster Secrets of a tree: those written in files, and those among what its kustomizations render. */
export async function readClusters(
  { question, likely, parts, knowledge }: Declaring,
  rendered: readonly Resource[],
  signal: AbortSignal,
): Promise<readonly ClusterSecret[]> {
  const files = { likely: likely.clusters, built: question.built };
  const { namespace } = knowledge ?? nothingKnown;
  const all = [...(await readWritten(question.tree, files, signal)), ...rendered];
  return all.flatMap(({ id, object }) => {
    const found = id.namespace === null || id.namespace === namespace ? readClusterSecret(object) : null;
    if (found !== null) parts.learnSecret(object);
    return found ?? [];
  });
}

/** Who tells of the clusters of an Argo CD. */
export interface ClusterTellers {
  /** Argo CD itself; null where it may not be read. */
  readonly outside: Learned<readonly KnownCluster[]> | null;
  /** The settings; empty: they do not say. */
  readonly told: readonly KnownCluster[];
  readonly tree: readonly ClusterSecret[];
  /** Those of the tree that this one is to replace. */
  readonly before: () => Promise<readonly ClusterIdentity[]>;
}

/**
 * The clusters of an Argo CD once it has what is in the tree: its own, else those of the settings; a Secret of the tree takes the place
 * of what has its name, or that of its cluster or server. Of one that shows only labels the rest must be known. What goes out of the tree
 * goes out of Argo CD.
 */
export async function clustersOf({
  outside,
  told,
  tree,
  before,
}: ClusterTellers): Promise<Learned<readonly KnownCluster[]>> {
  const spoken: Learned<readonly KnownCluster[]> =
    told.length > 0 ? { kind: 'known', value: told } : nothingKnown.clusters;
  const known = outside ?? spoken;
  if (known.kind === 'unknown') return known;
  let clusters = known.value;
  for (const secret of tree) {
    const replaced = clusters.filter((cluster) => isSame(secret, cluster));
    const made = fill(secret, replaced[0] ?? null);
    if (made === null) return hidden(secret);
    clusters = [...clusters.filter((cluster) => !replaced.includes(cluster)), made];
  }
  const gone = (await before()).filter(({ secret }) => !tree.some((one) => one.secret === secret));
  const isLeft = (cluster: KnownCluster): boolean =>
    tree.some(({ secret }) => secret === cluster.secret) || !gone.some((one) => isSame(one, cluster));
  return { kind: 'known', value: clusters.filter(isLeft) };
}

function isSame({ secret, name, server }: ClusterIdentity, cluster: KnownCluster): boolean {
  return secret === cluster.secret || name === cluster.name || server === cluster.server;
}

/** Null where its name or address is not known. */
function fill(told: ClusterSecret, before: KnownCluster | null): KnownCluster | null {
  const { secret, labels, annotations } = told;
  const [name, server] = [told.name ?? before?.name, told.server ?? before?.server];
  if (name === undefined || server === undefined) return null;
  return { secret, name, server, project: told.project ?? before?.project ?? '', labels, annotations };
}

function hidden({ secret }: ClusterSecret): Learned<never> {
  return {
    kind: 'unknown',
    why: `name and server of the cluster that ${secret} adds are encrypted or filled in later`,
    remedy: `Write name and server of ${secret} in clear (they are no secrets), in the data of its template.`,
  };
}
