import type { Finding } from '../../model/finding.ts';
import { apiVersionOf, type Resource } from '../../model/resource.ts';
import type { CheckInput, KindFacts } from './check.ts';
import { findingAt, type Remark } from './place.ts';

/**
 * Resources without a schema: refused when the cluster surely does not serve the kind, a caution when it is a kind of
 * Kubernetes' own groups that the bundle lacks, and one note for each kind nobody can say anything about.
 */
export function unknownKinds(resources: readonly Resource[], input: CheckInput): readonly Finding[] {
  const kinds = Map.groupBy(resources, (resource) => kindOf(resource));
  return [...kinds.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const facts = input.factsOf(first.id);
    const remark = remarkOn(first, group.length, facts);
    const named = remark.severity === 'note' ? [first] : group;
    return named.map((resource) => findingAt(resource, input.target, remark));
  });
}

function kindOf({ id }: Resource): string {
  return `${apiVersionOf(id)} ${id.kind}`;
}

function remarkOn(resource: Resource, count: number, facts: KindFacts): Remark {
  const kind = kindOf(resource);
  const rule = 'schema-unknown-kind';
  const at = ['kind'];
  const meant = facts.alternatives.length > 0 ? `Did you mean ${facts.alternatives.join(' or ')}?` : null;
  if (facts.served === false) {
    const message = `the cluster does not serve ${kind}, and no CustomResourceDefinition here declares it.`;
    return { rule, severity: 'block', message, fix: meant ?? 'Install its CustomResourceDefinition first.', at };
  }
  if (facts.served === null && facts.builtInGroup) {
    const message = `${kind} is not among the kinds of the Kubernetes version whose schemas Fairlead brings.`;
    return { rule, severity: 'caution', message, fix: meant ?? 'Correct apiVersion and kind.', at };
  }
  const objects = count === 1 ? 'this object is' : `${count} objects are`;
  const message = `no schema is known for ${kind}; ${objects} not validated.`;
  const fix = facts.served === null ? 'Name a cluster that serves it, or add its CustomResourceDefinition.' : null;
  return { rule, severity: 'note', message, fix, at };
}
