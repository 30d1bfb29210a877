import type { JsonObject } from './json.ts';

/** A field that somebody else owns with another value. */
export interface FieldConflict {
  /** As the server writes it: `.spec.replicas`. */
  readonly field: string;
  /** The manager, with its subresource: `kubectl (scale)`. */
  readonly owner: string;
}

/** What of an object was shown to people as taken over: these fields, from these owners. */
export interface Takeover {
  /** Resource key. */
  readonly key: string;
  readonly fields: readonly FieldConflict[];
}

/** All that the lists hold, each object and field once, sorted. */
export function uniteTakeovers(...lists: readonly (readonly Takeover[])[]): readonly Takeover[] {
  const byKey = Map.groupBy(lists.flat(), ({ key }) => key);
  return [...byKey]
    .map(([key, same]) => ({ key, fields: uniteFields(same.flatMap(({ fields }) => fields)) }))
    .filter(({ fields }) => fields.length > 0)
    .sort((one, other) => (one.key < other.key ? -1 : 1));
}

function uniteFields(fields: readonly FieldConflict[]): readonly FieldConflict[] {
  const named = new Map(fields.map((one) => [`${one.field} ${one.owner}`, one]));
  return [...named].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, field]) => field);
}

/** The list as it is kept. */
export function writeTakeovers(takeovers: readonly Takeover[]): readonly JsonObject[] {
  return takeovers.map(({ key, fields }) => ({ key, fields: fields.map((one) => ({ ...one })) }));
}

/** One line of it: the object, its fields, and from whom. */
export function takeoverText({ key, fields }: Takeover): string {
  return `${key}: ${fields.map(({ field, owner }) => `${field} of ${owner}`).join(', ')}`;
}
