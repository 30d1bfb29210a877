import { isSops } from '../../formats/flux/sops.ts';
import type { Finding } from '../../model/finding.ts';
import { pickText } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';

/** Helm hooks and tests, told apart from what is created or deleted: they run when the merge is deployed. */
export function hookFindings(hooks: readonly Resource[]): readonly Finding[] {
  return hooks.map((hook) => {
    const events = pickText(hook.object, 'metadata', 'annotations', 'helm.sh/hook') ?? 'hook';
    const isTest = /^test(-|$)/.test(events);
    const message = isTest ? `is a Helm test (${events}); it runs on demand` : `runs on merge (Helm hook ${events})`;
    return note('runs-on-merge', hook, message, null);
  });
}

/** Values that differ on every render: shown as such, outside diff and digest. */
export function randomFindings(resources: readonly Resource[]): readonly Finding[] {
  return resources
    .filter((resource) => resource.random.length > 0)
    .map((resource) =>
      note(
        'random-per-render',
        resource,
        `changes on every render at ${resource.random.slice(0, 5).join(', ')}${resource.random.length > 5 ? ', …' : ''}; left out of the diff`,
        'Give it a fixed value, or look the live one up outside the chart.',
      ),
    );
}

/** Values that come from Secrets: never shown, so that nobody takes silence for no change. */
export function hiddenFindings(resources: readonly Resource[]): readonly Finding[] {
  return resources.flatMap((resource) => {
    const { hidden = [] } = resource;
    if (hidden.length === 0) return [];
    const paths = hidden.map((pointer) => (pointer === '' ? 'all of it' : pointer));
    const message = `holds values from Secrets at ${paths.slice(0, 5).join(', ')}${paths.length > 5 ? ', …' : ''}; not shown, and left out of the diff`;
    return [note('hidden-values', resource, message, null)];
  });
}

/** What is encrypted: compared by its keys. */
export function sealedFindings(resources: readonly Resource[]): readonly Finding[] {
  return resources
    .filter(({ object }) => isSops(object))
    .map((resource) => note('sops-encrypted', resource, 'is encrypted with SOPS; it is compared by its keys', null));
}

function note(rule: string, resource: Resource, message: string, fix: string | null): Finding {
  const file = resource.source?.file ?? null;
  return {
    rule,
    severity: 'note',
    target: null,
    resource: resource.id,
    file,
    line: resource.source?.line ?? null,
    message,
    fix,
  };
}
