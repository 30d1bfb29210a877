import { isJsonList, isJsonObject, type Json } from '../../model/json.ts';
import { formatPointer } from '../../model/path.ts';
import type { Resource } from '../../model/resource.ts';

/** A resource and the document it came from, by which it is found in another render. */
export interface Placed {
  /** Helm's name of the template and the document's kind. */
  readonly origin: string;
  readonly isHook: boolean;
  readonly resource: Resource;
}

/**
 * Marks what differs between two renders of one input: names may be random too, so resources are paired by template, kind
 * and order. One without a partner differs as a whole.
 */
export function markRandom(first: readonly Placed[], second: readonly Placed[]): readonly Placed[] {
  const partners = new Map<string, Resource[]>();
  for (const { origin, resource } of second) {
    const sameOrigin = partners.get(origin);
    if (sameOrigin === undefined) partners.set(origin, [resource]);
    else sameOrigin.push(resource);
  }
  return first.map((placed) => {
    const partner = partners.get(placed.origin)?.shift();
    const random = partner === undefined ? [''] : differences(placed.resource.object, partner.object, []);
    return { ...placed, resource: { ...placed.resource, random } };
  });
}

type Steps = readonly (string | number)[];

/** JSON pointers of the outermost values that differ. Lists of unequal length differ as a whole. */
function differences(a: Json | undefined, b: Json | undefined, at: Steps): readonly string[] {
  if (a === b) return [];
  if (isJsonObject(a) && isJsonObject(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].flatMap((key) => differences(own(a, key), own(b, key), [...at, key]));
  }
  if (isJsonList(a) && isJsonList(b) && a.length === b.length) {
    return a.flatMap((item, index) => differences(item, b[index], [...at, index]));
  }
  return [formatPointer(at)];
}

function own(object: { readonly [key: string]: Json }, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
