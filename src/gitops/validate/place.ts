import type { Schema } from '../../formats/openapi/schema.ts';
import type { Finding } from '../../model/finding.ts';
import { isJsonList, isJsonObject, type Json } from '../../model/json.ts';
import { formatPath, formatPointer, type PathSegment } from '../../model/path.ts';
import { formatResource, lineOf, type Resource } from '../../model/resource.ts';

/** A path of keys and indexes inside an object. */
export type At = readonly (string | number)[];

/** What a rule says, before it knows its place. */
export interface Remark extends Pick<Finding, 'rule' | 'severity' | 'message' | 'fix'> {
  readonly at: At;
}

/** A finding at a path of a resource: its file, its nearest known line, and the resource's name before the message. */
export function findingAt(resource: Resource, target: string | null, remark: Remark): Finding {
  const { rule, severity, message, fix, at } = remark;
  return {
    rule,
    severity,
    target,
    resource: resource.id,
    file: resource.source?.file ?? null,
    line: lineOf(resource, formatPointer(at)),
    message: `${formatResource(resource.id)}: ${message}`,
    fix,
  };
}

/** The value at a path, or undefined. */
export function valueAt(value: Json, at: At): Json | undefined {
  let current: Json | undefined = value;
  for (const segment of at) {
    if (isJsonList(current)) current = current[Number(segment)];
    else if (isJsonObject(current) && Object.hasOwn(current, segment)) current = current[String(segment)];
    else return undefined;
  }
  return current;
}

/** A path as people write it, list items by their merge keys where they have them: `containers[name=web].image`. */
export function nameOf(resource: Resource, schema: Schema, at: At): string {
  return formatPath(at.map((segment, index) => nameSegment(resource, schema, at.slice(0, index), segment)));
}

function nameSegment(resource: Resource, schema: Schema, parent: At, segment: string | number): PathSegment {
  const keys = typeof segment === 'number' ? schema.listKeysAt(parent) : undefined;
  if (keys === undefined || keys === null || keys.length === 0) return segment;
  const item = valueAt(resource.object, [...parent, segment]);
  const named: Record<string, string | number> = {};
  for (const key of keys) {
    const value = valueAt(item ?? null, [key]);
    if (typeof value === 'string' || typeof value === 'number') named[key] = value;
  }
  return Object.keys(named).length === 0 ? segment : named;
}
