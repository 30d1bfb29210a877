import { createHash } from 'node:crypto';
import { BorderError, FairleadError } from '../../model/error.ts';
import { isJsonList, type JsonObject, pickText } from '../../model/json.ts';
import { repoKey } from '../../model/repo.ts';
import { type ResourceId, resourceKey } from '../../model/resource.ts';
import type { ListPage } from '../../world/cluster/cluster.ts';
import type { InventoryEntry } from '../../world/store/store.ts';
import type { EngineWork } from '../engine.ts';
import { holdsDesired } from './holds-desired.ts';
import { readResourceId } from './journal.ts';
import type { Run } from './run.ts';

/** Bytes of one ConfigMap's list; the API server takes 1 MiB with everything around it. */
const mostBytes = 800 * 1024;

/** More parts than this are not read: some 100,000 objects. */
const mostParts = 32;

/** Label of the ConfigMaps of inventories: whose it is, as a hash. */
export const inventoryLabel = 'fairlead.dev/inventory';
/** Annotation of them: the target's id. */
export const targetAnnotation = 'fairlead.dev/target';

/** The name of the first ConfigMap of a target's inventory; the others have `-1`, `-2` behind. */
export function inventoryName(work: Pick<EngineWork, 'target' | 'repo'>): string {
  return `fairlead-inventory-${hashOf(work)}`;
}

/** The inventory the cluster holds; empty when there is none. Throws `FairleadError` when one is there and cannot be read. */
export async function readClusterInventory(run: Run): Promise<readonly InventoryEntry[]> {
  const first = await readPart(run, 0);
  const parts = first === null ? 0 : Math.min(mostParts, Number(pickText(first, 'data', 'parts') ?? 1));
  const others = await Promise.all(
    Array.from({ length: Math.max(0, parts - 1) }, (_, index) => readPart(run, index + 1)),
  );
  return [first, ...others].flatMap((part) => (part === null ? [] : entriesOf(part)));
}

/** Writes the list where it differs. ConfigMaps of a longer list before stay, emptied: nothing is deleted for bookkeeping. */
export async function writeClusterInventory(run: Run, entries: readonly InventoryEntry[]): Promise<void> {
  const lists = split(entries);
  const first = await readPart(run, 0);
  const before = Math.min(mostParts, Number(pickText(first ?? {}, 'data', 'parts') ?? 0));
  while (lists.length < before) lists.push('[]');
  // The first part says how many there are, so it comes last: a list cut short by a crash is never taken for the whole.
  for (const [index, list] of [...lists.entries()].reverse())
    await writePart(run, { index, list, parts: lists.length });
}

/** More pages of inventories than this are not read: some 5,000 targets. */
const mostPages = 100;

/** Resource keys that other targets of any Fairlead have in their inventories here, and which target it is. */
export async function readClaims(run: Run): Promise<ReadonlyMap<string, string>> {
  const claims = new Map<string, string>();
  let page: string | null = null;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const { items, next } = await listInventories(run, page);
    for (const item of items) addClaims(item, hashOf(run.work), claims);
    if (next === null) return claims;
    page = next;
  }
  throw new FairleadError({
    code: 'inventories-too-many',
    message: `Namespace ${run.options.inventoryNamespace} holds more inventories than can be read.`,
    subject: run.options.inventoryNamespace,
    remedy: 'Remove inventories of targets that are no more.',
  });
}

function listInventories(run: Run, page: string | null): Promise<ListPage> {
  const { cluster, inventoryNamespace: namespace } = run.options;
  const options = { namespace, labelSelector: inventoryLabel, metadataOnly: false, page, limit: 50 };
  return cluster.list({ group: '', version: 'v1', kind: 'ConfigMap' }, options, run.signal);
}

function addClaims(item: JsonObject, own: string, claims: Map<string, string>): void {
  if (pickText(item, 'metadata', 'labels', inventoryLabel) === own) return;
  const target = pickText(item, 'metadata', 'annotations', targetAnnotation) ?? 'another target';
  for (const { resource } of entriesOf(item)) claims.set(resourceKey(resource), target);
}

function hashOf({ target, repo }: Pick<EngineWork, 'target' | 'repo'>): string {
  return createHash('sha256')
    .update(JSON.stringify([target.id, repoKey(repo)]))
    .digest('hex')
    .slice(0, 16);
}

function partId(run: Run, index: number): ResourceId {
  const name = `${inventoryName(run.work)}${index === 0 ? '' : `-${index}`}`;
  return { group: '', version: 'v1', kind: 'ConfigMap', namespace: run.options.inventoryNamespace, name };
}

function readPart(run: Run, index: number): Promise<JsonObject | null> {
  return run.options.cluster.get(partId(run, index), run.signal);
}

/** What one ConfigMap lists. Throws `FairleadError` `inventory-unreadable`. */
export function entriesOf(part: JsonObject): readonly InventoryEntry[] {
  const list = parseList(pickText(part, 'data', 'objects') ?? '[]');
  if (list === null) throw unreadable(pickText(part, 'metadata', 'name') ?? '');
  return list.flatMap((one) => {
    const resource = readResourceId(one);
    return resource === null ? [] : [{ resource, uid: pickText(one, 'uid') ?? null }];
  });
}

function parseList(text: string): readonly JsonObject[] | null {
  try {
    const list: JsonObject | readonly JsonObject[] = JSON.parse(text);
    return isJsonList(list) ? list : null;
  } catch {
    return null; // the caller says which ConfigMap it is
  }
}

function unreadable(name: string): FairleadError {
  return new FairleadError({
    code: 'inventory-unreadable',
    message: `ConfigMap ${name}, which says what Fairlead applied, was changed and cannot be read.`,
    subject: name,
    remedy: 'Put its data back, or delete it: what the database knows is written anew.',
  });
}

function split(entries: readonly InventoryEntry[]): string[] {
  const lists: string[][] = [[]];
  let size = 0;
  for (const { resource, uid } of entries) {
    const line = JSON.stringify({ ...resource, uid });
    const bytes = Buffer.byteLength(line) + 2;
    if (size + bytes > mostBytes) {
      lists.push([]);
      size = 0;
    }
    lists.at(-1)?.push(line);
    size += bytes;
  }
  return lists.map((lines) => (lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n]`));
}

interface Part {
  readonly index: number;
  readonly list: string;
  readonly parts: number;
}

async function writePart(run: Run, { index, list, parts }: Part): Promise<void> {
  const { cluster, manager } = run.options;
  const { namespace, name } = partId(run, index);
  const object: JsonObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      namespace,
      labels: { 'app.kubernetes.io/managed-by': 'fairlead', [inventoryLabel]: hashOf(run.work) },
      annotations: { [targetAnnotation]: run.work.target.id },
    },
    data: { objects: list, ...(index === 0 ? { parts: String(parts) } : {}) },
  };
  const live = await readPart(run, index);
  if (live !== null && holdsDesired(live, object, manager)) return;
  // The name is ours alone: whoever edited the list by hand is overruled.
  const options = { manager, force: true, dryRun: false, validation: 'Strict', as: null } as const;
  try {
    await cluster.write(object, options, run.signal);
  } catch (error) {
    throw error instanceof BorderError && error.kind === 'not-found' ? homeless(namespace ?? '', error) : error;
  }
}

function homeless(namespace: string, error: BorderError): BorderError {
  return new BorderError({
    kind: 'forbidden',
    status: error.status,
    code: 'inventory-namespace-missing',
    message: `Namespace ${namespace}, where Fairlead notes what it applied, does not exist in cluster ${error.subject}.`,
    subject: error.subject,
    remedy: `Create namespace ${namespace}, then try again.`,
    cause: error,
  });
}
