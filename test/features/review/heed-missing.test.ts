import { expect, test } from '@jest/globals';
import { heedMissing } from '../../../src/features/review/heed-missing.ts';
import type { DeclaredApplication } from '../../../src/model/declared.ts';
import type { Finding } from '../../../src/model/finding.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { Resource } from '../../../src/model/resource.ts';

const option = 'SkipDryRunOnMissingResource=true';

function declared(kind: DeclaredApplication['kind'], syncOptions: readonly string[]): DeclaredApplication {
  return {
    ...{ kind, name: 'shop', namespace: 'argocd', project: 'default', sources: [], syncOptions },
    ...{ destination: { server: null, cluster: null, namespace: null }, ignoreDifferences: [] },
    ...{ object: {}, declaredAt: { file: 'apps/shop.yaml', line: 3 }, via: [], hints: [] },
  };
}

function widget(name: string, annotations: JsonObject = {}): Resource {
  const id = { group: 'example.com', version: 'v1', kind: 'Widget', namespace: 'shop', name };
  return { id, object: { metadata: { annotations } }, source: null, lines: new Map(), random: [] };
}

function found(rule: string, { id }: Resource): Finding {
  const place = { target: 't', resource: id, file: 'w.yaml', line: 1 };
  return { rule, severity: 'block', ...place, message: 'it is not served.', fix: null };
}

test.each<[string, DeclaredApplication | null, JsonObject, string, string]>([
  ['of the Application', declared('argocd-application', [option]), {}, 'kind-not-served', 'caution'],
  [
    'of the object',
    declared('argocd-application', []),
    { 'argocd.argoproj.io/sync-options': `Prune=false, ${option}` },
    ...(['schema-unknown-kind', 'caution'] as const),
  ],
  ['that is not there', declared('argocd-application', ['Prune=false']), {}, 'kind-not-served', 'block'],
  ['of something else that is wrong', declared('argocd-application', [option]), {}, 'server-invalid', 'block'],
  ['which Flux does not know', declared('flux-kustomization', [option]), {}, 'kind-not-served', 'block'],
  ['of nothing that declares it', null, { 'argocd.argoproj.io/sync-options': option }, 'kind-not-served', 'block'],
])('a kind that is not served, and the option %s', (_title, application, annotations, rule, severity) => {
  const one = widget('one', annotations);
  const [finding] = heedMissing([found(rule, one)], { declared: application, head: [one] });

  expect(finding).toMatchObject({ rule, severity });
  expect(finding?.message.includes(option)).toBe(severity === 'caution');
});
