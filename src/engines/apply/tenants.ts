import { BorderError, FairleadError } from '../../model/error.ts';
import { type JsonObject, pickText } from '../../model/json.ts';
import { resourceKey } from '../../model/resource.ts';
import type { Cluster, ListPage } from '../../world/cluster/cluster.ts';
import { entriesOf, inventoryLabel, targetAnnotation } from './cluster-inventory.ts';

/** More pages of inventories than this are not read: some 5,000 targets. */
const mostPages = 100;

/**
 * Resource keys that other targets of any Fairlead have in their inventories, in whatever namespace, and which target it is. Of a cluster
 * that does not let them be listed nothing is known: empty.
 */
export async function readTenants(
  cluster: Cluster,
  own: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const tenants = new Map<string, string>();
  let page: string | null = null;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const read: ListPage | null = await listInventories(cluster, page, signal);
    for (const item of read?.items ?? []) addTenants(item, own, tenants);
    if (read === null || read.next === null) break;
    page = read.next;
  }
  return tenants;
}

async function listInventories(cluster: Cluster, page: string | null, signal: AbortSignal): Promise<ListPage | null> {
  const options = { namespace: null, labelSelector: inventoryLabel, metadataOnly: false, page, limit: 50 };
  try {
    return await cluster.list({ group: '', version: 'v1', kind: 'ConfigMap' }, options, signal);
  } catch (error) {
    // Whose an object is, is then told by its own marks alone.
    if (error instanceof BorderError && error.kind === 'forbidden') return null;
    throw error;
  }
}

function addTenants(item: JsonObject, own: string, tenants: Map<string, string>): void {
  const target = pickText(item, 'metadata', 'annotations', targetAnnotation);
  if (target === undefined || target === own) return;
  for (const { resource } of readableEntries(item)) tenants.set(resourceKey(resource), target);
}

/** A list that somebody broke is told by the deployment that needs it. */
function readableEntries(item: JsonObject): ReturnType<typeof entriesOf> {
  try {
    return entriesOf(item);
  } catch (error) {
    if (error instanceof FairleadError) return [];
    throw error;
  }
}
