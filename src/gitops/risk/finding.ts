import type { Finding } from '../../model/finding.ts';
import { formatPointer } from '../../model/path.ts';
import { formatResource, lineOf, type Resource, type ResourceId, resourceKey } from '../../model/resource.ts';
import type { Risk, RuleText, Subject } from './rule.ts';

/** Finds a resource by an id; the server's word names a namespace where a file may leave it out. */
export function findResource(resources: readonly Resource[]): (id: ResourceId) => Resource | null {
  const known = new Map(resources.map((resource) => [resourceKey(resource.id), resource]));
  return (id) => known.get(resourceKey(id)) ?? known.get(resourceKey({ ...id, namespace: null })) ?? null;
}

/** What a rule says of an object, at its line. */
export function findingOf(
  { change, base, head }: Pick<Subject, 'change' | 'base' | 'head'>,
  rule: RuleText,
  { message, at = [] }: Risk,
  target: string,
): Finding {
  const place: Resource = head ??
    base ?? { id: change.resource, object: {}, source: null, lines: new Map(), random: [] };
  return {
    ...{ rule: rule.id, severity: rule.severity, target, resource: change.resource },
    ...{ file: place.source?.file ?? null, line: lineOf(place, formatPointer(at)) },
    message: `${formatResource(change.resource)}: ${message}.`,
    fix: rule.fix,
  };
}
