import type { JsonObject } from '../../model/json.ts';
import type { ResourceId } from '../../model/resource.ts';
import { list, text } from './flux-object.ts';

/** The objects an inventory in a status lists. Entries that cannot be read are left out. */
export function readInventory(object: JsonObject): readonly ResourceId[] {
  return list(object, 'status', 'inventory', 'entries').flatMap((entry) => {
    const id = readInventoryId(text(entry, 'id'), text(entry, 'v'));
    return id === null ? [] : [id];
  });
}

/**
 * The object an entry `namespace_name_group_Kind` means. No part but the name holds an underscore; in the name two of them
 * stand for the colon of roles.
 */
export function readInventoryId(id: string, version: string): ResourceId | null {
  const found = /^([^_]*)_(.+)_([^_]*)_([^_]+)$/.exec(id);
  const [, namespace, name, group, kind] = found ?? [];
  if (name === undefined || kind === undefined) return null;
  return { group: group ?? '', version, kind, namespace: namespace || null, name: name.replaceAll('__', ':') };
}
