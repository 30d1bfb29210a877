import type { Finding, Severity } from '../../model/finding.ts';
import { apiVersionOf, type Resource } from '../../model/resource.ts';
import type { Check, CheckInput } from './check.ts';
import { findingAt } from './place.ts';
import { type Removal, removalOf } from './removed-apis.ts';

/** API versions that the target no longer serves, or will not serve after one of its next two upgrades. */
export const removedApiCheck: Check = {
  name: 'removed-api',
  text: 'No object is written in an API version that the target has removed, or that its next two minor versions remove.',
  rules: ['removed-api'],
  needs: [],
  run: (input) => input.resources.flatMap((resource) => judge(resource, input)),
};

/** Whether this check speaks of a resource: then nobody else need say that its kind is not served. */
export function tellsRemoval(resource: Resource, input: CheckInput): boolean {
  return judge(resource, input).length > 0;
}

/** How far ahead an upgrade is told of. */
const minorsAhead = 2;

function judge(resource: Resource, input: CheckInput): readonly Finding[] {
  const removal = removalOf(resource.id);
  if (removal === null) return [];
  const severity = severityOf(removal, input.minor, input.factsOf(resource.id).served);
  if (severity === null) return [];
  const { replacement, minor } = removal;
  const version = `${apiVersionOf(resource.id)} ${resource.id.kind}`;
  const when = severity === 'block' ? `was removed in Kubernetes 1.${minor}` : whenAhead(removal, input.minor);
  const remark = {
    rule: 'removed-api',
    severity,
    message: `${version} ${when}.`,
    fix: replacement === null ? 'Nothing takes its place: remove the object.' : `Write it as ${replacement}.`,
    at: ['apiVersion'],
  };
  return [findingAt(resource, input.target, remark)];
}

/** What the cluster says it serves counts more than the table: some vendors serve a version longer. */
function severityOf({ minor }: Removal, target: number | null, served: boolean | null): Severity | null {
  if (served === false) return target === null || minor <= target ? 'block' : 'caution';
  if (target === null) return 'caution';
  if (minor <= target) return served === null ? 'block' : 'caution';
  return minor <= target + minorsAhead ? 'caution' : null;
}

function whenAhead({ minor }: Removal, target: number | null): string {
  if (target === null) return `is not served from Kubernetes 1.${minor} on`;
  return minor <= target
    ? `was removed in Kubernetes 1.${minor}; this cluster still serves it`
    : `will be removed in Kubernetes 1.${minor}; the cluster has 1.${target}`;
}
