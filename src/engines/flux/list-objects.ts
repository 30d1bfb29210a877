import { BorderError } from '../../model/error.ts';
import type { JsonObject } from '../../model/json.ts';
import type { ResourceId } from '../../model/resource.ts';
import type { Cluster, ListPage } from '../../world/cluster/cluster.ts';
import { type GitSource, readGitSource, sourceType } from './git-source.ts';
import { type HelmRelease, helmReleaseType, readHelmRelease } from './helm-release.ts';
import { type Kustomization, kustomizationType, readKustomization } from './kustomization.ts';

/** Pages of a list, and objects in each. */
const most = { pages: 100, limit: 500 };

/** What applies something to the cluster. */
export type Reconciler = Kustomization | HelmRelease;

/** All of Flux's objects that matter here. */
export interface FluxObjects {
  readonly sources: readonly GitSource[];
  readonly reconcilers: readonly Reconciler[];
}

/** Reads all of Flux's objects of a namespace, or of all when it is null. Throws `BorderError`. */
export async function listObjects(
  cluster: Cluster,
  namespace: string | null,
  signal: AbortSignal,
): Promise<FluxObjects> {
  const all = (type: Type): Promise<readonly JsonObject[]> => listAll(cluster, { type, namespace }, signal);
  const [sources, kustomizations, releases] = await Promise.all([
    all(sourceType),
    all(kustomizationType),
    all(helmReleaseType),
  ]);
  return {
    sources: sources.map(readGitSource),
    reconcilers: [...kustomizations.map(readKustomization), ...releases.map(readHelmRelease)],
  };
}

type Type = Pick<ResourceId, 'group' | 'version' | 'kind'>;
type PageOfObjects = Pick<ListPage, 'items' | 'next'>;

async function listAll(
  cluster: Cluster,
  { type, namespace }: { readonly type: Type; readonly namespace: string | null },
  signal: AbortSignal,
): Promise<readonly JsonObject[]> {
  const items: JsonObject[] = [];
  let page: string | null = null;
  for (let count = 0; count < most.pages; count += 1) {
    const options = { namespace, labelSelector: null, metadataOnly: false, page, limit: most.limit };
    const found: PageOfObjects = await cluster.list(type, options, signal).catch(unlessAbsent);
    items.push(...found.items);
    page = found.next;
    if (page === null) break;
  }
  return items;
}

/** An installation without helm-controller does not serve its kind. */
function unlessAbsent(error: unknown): PageOfObjects {
  if (error instanceof BorderError && error.kind === 'not-found') return { items: [], next: null };
  throw error;
}
