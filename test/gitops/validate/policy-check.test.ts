import { beforeAll, describe, expect, test } from '@jest/globals';
import type { PolicyModule } from '../../../src/gitops/validate/policy-engine.ts';
import type { Finding } from '../../../src/model/finding.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { celModule } from '../../support/policy-proof.ts';
import { findingsOf, resourcesIn } from './validation.ts';

let module: PolicyModule;

beforeAll(async () => {
  module = await celModule();
}, 60_000);

function policy(name: string, spec: JsonObject): JsonObject {
  const resourceRules = [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] }];
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name, annotations: { 'fairlead.dev/fix': 'Do better.' } },
    spec: { matchConstraints: { resourceRules }, ...spec },
  };
}

function binding(policyName: string, spec: JsonObject): JsonObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: `${policyName}-binding` },
    spec: { policyName, ...spec },
  };
}

const numbers = JSON.stringify(Array.from({ length: 300 }, (_, index) => index));
const refuse = [{ expression: 'false', message: 'no' }];
const settings = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\ndata: {a: b}\n';
const shop = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {stage: prod}}\n';

async function check(documents: readonly JsonObject[], yaml: string, base?: string): Promise<readonly Finding[]> {
  const kinds = { served: null, builtIn: [] };
  const more = { policies: { documents, module }, base: base === undefined ? null : resourcesIn(base) };
  const found = await findingsOf(resourcesIn(yaml), async () => null, kinds, more);
  return found.filter(({ rule }) => !rule.startsWith('schema-'));
}

function brief(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ rule, severity, message }) => `${severity} ${rule}: ${message}`);
}

describe('policies decide before the merge', () => {
  test('a refusal is a finding under the policy’s name, at the file and line, with its fix', async () => {
    const found = await check([policy('no-maps.fairlead.dev', { validations: refuse })], `---\n${settings}`);

    expect(found).toEqual([
      {
        rule: 'no-maps',
        severity: 'block',
        target: 'web',
        resource: expect.objectContaining({ kind: 'ConfigMap', name: 'settings' }),
        file: 'app.yaml',
        line: 2,
        message: 'ConfigMap shop/settings: no.',
        fix: 'Do better.',
      },
    ]);
  });

  test.each([
    [['Deny'], 'block'],
    [['Warn'], 'caution'],
    [['Audit'], 'note'],
    [['Warn', 'Audit'], 'caution'],
    [['Audit', 'Deny'], 'block'],
  ])('the action %j makes it %s', async (validationActions, severity) => {
    const found = await check([policy('p', { validations: refuse }), binding('p', { validationActions })], settings);

    expect(brief(found)).toEqual([`${severity} p: ConfigMap shop/settings: no.`]);
  });

  test('what was refused before the change is a note, what was warned of is not repeated, what stays is not asked', async () => {
    const changed = settings.replace('a: b', 'a: c');
    const warning = binding('warns', { validationActions: ['Warn'] });
    const documents = [policy('refuses', { validations: refuse }), policy('warns', { validations: refuse }), warning];

    expect(brief(await check(documents, changed, settings))).toEqual([
      'note refuses: ConfigMap shop/settings: no (so before this change).',
    ]);
    expect(await check(documents, settings, settings)).toEqual([]);
  });

  test('a change that brings the refusal is told in full, and compared with what was there', async () => {
    const rule = [{ expression: "object.data.a != 'c' || oldObject.data.a == 'c'", message: 'no c' }];
    const changed = settings.replace('a: b', 'a: c');

    const found = await check([policy('no-c', { validations: rule })], changed, settings);

    expect(brief(found)).toEqual(['block no-c: ConfigMap shop/settings: no c.']);
  });

  test('a binding that selects other objects or namespaces leaves an object alone', async () => {
    const elsewhere = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'other' } } };
    const labelled = { objectSelector: { matchLabels: { guarded: 'yes' } } };
    const both = [elsewhere, labelled].map((matchResources, index) => [
      policy(`p${index}`, { validations: refuse }),
      binding(`p${index}`, { validationActions: ['Deny'], matchResources }),
    ]);

    expect(await check(both.flat(), settings)).toEqual([]);
  });

  test('the labels of a namespace count when it is among the resources, and else nothing is decided', async () => {
    const matchResources = { namespaceSelector: { matchLabels: { stage: 'prod' } } };
    const documents = [
      policy('p', { validations: refuse }),
      binding('p', { validationActions: ['Deny'], matchResources }),
    ];

    expect(brief(await check(documents, `${settings}---\n${shop}`))).toEqual([
      'block p: ConfigMap shop/settings: no.',
      'block p: Namespace shop: no.',
    ]);
    expect(brief(await check(documents, settings))).toEqual([
      'caution policy-unsupported: ConfigMap shop/settings: the policy p could not be decided: the labels of namespace shop are not known.',
    ]);
  });

  test('namespaceObject is read from the resources, and else nothing is decided', async () => {
    const expression = "namespaceObject.metadata.labels['stage'] != 'prod'";
    const documents = [policy('p', { validations: [{ expression, message: 'not in prod' }] })];

    expect(brief(await check(documents, `${settings}---\n${shop}`))).toContain(
      'block p: ConfigMap shop/settings: not in prod.',
    );
    expect(brief(await check(documents, `${settings}---\n${settings.replace('settings', 'more')}`))).toEqual([
      'caution policy-unsupported: ConfigMap shop/settings: the policy p could not be decided: it asks for namespaceObject, and namespace shop is not known. So it is with 1 more.',
    ]);
  });

  test('what was there before is oldObject, and makes it an update', async () => {
    const expression = 'oldObject == null || object.data == oldObject.data';
    const documents = [policy('p', { validations: [{ expression, messageExpression: 'request.operation' }] })];

    expect(await check(documents, settings)).toEqual([]);
    expect(await check(documents, settings, settings)).toEqual([]);
    expect(brief(await check(documents, settings, settings.replace('{a: b}', '{a: c}')))).toEqual([
      'block p: ConfigMap shop/settings: UPDATE.',
    ]);
  });

  test('a kind declared among the resources goes by its own plural', async () => {
    const resourceRules = [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['mice'] }];
    const definition =
      'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: mice.example.com}\nspec: {group: example.com, scope: Cluster, names: {plural: mice, kind: Mouse}, versions: []}\n';
    const mouse = 'apiVersion: example.com/v1\nkind: Mouse\nmetadata: {name: jerry}\n';
    const documents = [policy('p', { matchConstraints: { resourceRules }, validations: refuse })];

    expect(brief(await check(documents, `${definition}---\n${mouse}`))).toEqual(['block p: Mouse jerry: no.']);
  });

  test('an integer beyond 2^53 keeps its digits', async () => {
    const widget = 'apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\nsize: 9007199254740993\n';
    const validations = [{ expression: 'false', messageExpression: 'string(object.size)' }];

    expect(brief(await check([policy('p', { validations })], widget))).toEqual([
      'block p: Widget a: 9007199254740993.',
    ]);
  });

  test('the message for a Secret never holds a value of it', async () => {
    const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: hunter2}\n';
    const validations = [
      { expression: 'false', messageExpression: "string(object.data['password'])" },
      { expression: 'false', message: 'written', messageExpression: "string(object.data['password'])" },
      { expression: "int(string(object.data['password'])) == 1" },
    ];
    const found = await check([policy('p', { validations })], secret);

    expect(found).toHaveLength(3);
    expect(JSON.stringify(found)).not.toMatch(/hunter2|aHVudGVyMg/);
    expect(found[1]?.message).toBe('Secret db: written.');
  });
});

describe('a policy that cannot be decided is never a pass', () => {
  test.each([
    ['does not compile', { validations: [{ expression: 'object.' }] }, 'block policy-error', 'spec.validations'],
    ['is not true or false', { validations: [{ expression: 'object.a' }] }, 'block policy-error', 'must evaluate'],
    ['has no rules', { matchConstraints: {}, validations: refuse }, 'block policy-error', 'resourceRules is required'],
    [
      'uses an unknown function',
      { variables: [{ name: 'a', expression: 'magic()' }], validations: refuse },
      'block policy-error',
      'spec.variables[a]',
    ],
    [
      'takes parameters',
      { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' }, validations: refuse },
      'caution policy-unsupported',
      'it takes parameters',
    ],
    [
      'fails while it runs',
      { validations: [{ expression: 'object.nothing == 1' }] },
      'block policy-error',
      'no such key: nothing',
    ],
    [
      'fails, and says that failures do not count',
      { failurePolicy: 'Ignore', validations: [{ expression: 'object.nothing == 1' }] },
      'caution policy-error',
      'no such key: nothing',
    ],
    [
      'asks the authorizer',
      { validations: [{ expression: "authorizer.group('').resource('pods').check('get').allowed()" }] },
      'block policy-error',
      'authorizer',
    ],
    [
      'asks who sends it',
      { validations: [{ expression: "request.userInfo.username != 'eve'" }] },
      'caution policy-unsupported',
      'who sends the object',
    ],
    [
      'is about another version',
      {
        matchConstraints: {
          resourceRules: [{ apiGroups: [''], apiVersions: ['v2'], operations: ['*'], resources: ['configmaps'] }],
        },
        validations: refuse,
      },
      'caution policy-unsupported',
      'it is about version v2',
    ],
  ])('%s', async (_title, spec, head, part) => {
    const found = await check([policy('p', spec)], settings);

    expect(found).toHaveLength(1);
    expect(brief(found)[0]).toContain(`${head}: `);
    expect(found[0]?.message).toContain(part);
  });

  test.each([
    [
      '300 times 300 times 300 steps',
      `${numbers}.all(a, ${numbers}.all(b, ${numbers}.all(c, a + b + c >= 0)))`,
      /resulted in error: .*cost limit exceeded\.$/,
    ],
    ['parentheses without number', `${'('.repeat(5_000)}true${')'.repeat(5_000)}`, /spec\.validations/],
    ['a text without end', `'${'a'.repeat(200_000)}' == object.data.a`, /spec\.validations|no$/],
  ])('%s', async (_title, expression, says) => {
    const policies = [policy('p', { validations: [{ expression }] }), policy('q', { validations: refuse })];

    const found = await check(policies, settings);

    expect(brief(found)).toEqual([
      expect.stringMatching(new RegExp(`^block policy-error: .*${says.source}`)),
      expect.stringContaining('block q: '),
    ]);
  });

  test('a pattern made to run for ever is decided at once: the engine does not go back', async () => {
    const expression = `'${'a'.repeat(40)}!'.matches('^(a+)+$')`;

    expect(brief(await check([policy('p', { validations: [{ expression }] })], settings))).toEqual([
      expect.stringContaining('block p: '),
    ]);
  });

  test('an object that is not what its kind says is not decided', async () => {
    const broken = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: [1]\n';

    expect(brief(await check([policy('p', { validations: refuse })], broken))).toEqual([
      expect.stringContaining(
        'caution policy-unsupported: ConfigMap a: the policy p could not be decided: it cannot be read',
      ),
    ]);
  });

  test('a policy that only warns does not block when it fails', async () => {
    const documents = [
      policy('p', { validations: [{ expression: 'object.nothing == 1' }] }),
      binding('p', { validationActions: ['Warn'] }),
    ];

    expect(brief(await check(documents, settings))[0]).toContain('caution policy-error');
  });
});
