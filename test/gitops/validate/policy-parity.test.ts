import { beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../src/model/json.ts';
import type { Resource } from '../../../src/model/resource.ts';
import { type PolicyProof, provePolicies } from '../../support/policy-proof.ts';
import { resourcesIn } from './validation.ts';

/** Policies that use what the shipped ones do not: defaults, libraries, errors, budgets, messages that fall back. */
const validations: Readonly<Record<string, JsonObject>> = {
  'default-of-replicas': { expression: 'object.spec.replicas < 2', message: ' has too many replicas ' },
  'default-of-pull-policy': {
    expression: "object.spec.template.spec.containers.all(c, c.imagePullPolicy == 'Always')",
    messageExpression: "object.spec.template.spec.containers.map(c, c.imagePullPolicy).join(',')",
  },
  'missing-key': { expression: "object.metadata.annotations['owner'] != ''" },
  'type-of-nothing': { expression: 'object.spec.template.spec.nodeName.size() > 0' },
  quantity: {
    expression:
      "quantity(object.spec.template.spec.containers[0].resources.limits['memory']).isLessThan(quantity('1Gi'))",
  },
  canonical: { expression: "object.spec.template.spec.containers[0].resources.limits['cpu'] == '1'" },
  request: {
    expression: "request.operation == 'UPDATE'",
    messageExpression: "[request.operation, request.kind.kind, request.resource.resource, request.name].join(' ')",
  },
  'old-object': { expression: 'oldObject != null' },
  'empty-message': { expression: 'false', message: 'written', messageExpression: "'  '" },
  'message-of-lines': { expression: 'false', messageExpression: "'one\\ntwo'" },
  'failing-message': { expression: 'false', message: 'written', messageExpression: 'string(object.spec.nothing)' },
  'long-message': {
    expression: 'false',
    message: 'short',
    messageExpression: `[${Array(600).fill("'0123456789'").join(',')}].join('')`,
  },
  address: { expression: "ip('10.0.0.1').isLoopback() || cidr('10.0.0.0/8').containsIP('11.0.0.1')" },
  link: { expression: "url(object.metadata.labels['app']).getHost() == 'x'" },
  pattern: { expression: "object.metadata.name.find('[0-9]+') == '9' || 'a'.matches('^(a+)+$') == false" },
  format: { expression: "!format.dns1123Label().validate('Not_Good').hasValue()" },
  version: { expression: "semver('1.2.3').isGreaterThan(semver('2.0.0'))" },
  overflow: { expression: '9223372036854775807 + object.spec.replicas > 0' },
  'numbers-of-two-types': { expression: 'object.spec.replicas < 0.5' },
  'short-circuit': { expression: 'object.spec.nothing == 1 || true' },
};

function policy(name: string, spec: JsonObject): JsonObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: `${name}.parity` },
    spec: { matchConstraints: rules('apps', ['deployments', 'statefulsets']), ...spec },
  };
}

function rules(group: string, resources: readonly string[]): JsonObject {
  return {
    resourceRules: [{ apiGroups: [group], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources }],
  };
}

const refuse = [{ expression: 'false', message: 'refused' }];

const ten = '[0,1,2,3,4,5,6,7,8,9]';
const nested = ['a', 'b', 'c', 'd', 'e', 'f'].reduceRight(
  (inner, name) => `${ten}.all(${name}, ${inner})`,
  'a + f < 99',
);

const special: readonly JsonObject[] = [
  policy('expensive', {
    matchConditions: [{ name: 'once', expression: "object.metadata.name == 'plain'" }],
    validations: [{ expression: nested }],
  }),
  policy('condition-false', { matchConditions: [{ name: 'a', expression: 'false' }], validations: refuse }),
  policy('condition-error', {
    matchConditions: [{ name: 'a', expression: 'object.spec.nothing == 1' }],
    validations: refuse,
  }),
  policy('condition-error-and-false', {
    matchConditions: [
      { name: 'a', expression: 'object.spec.nothing == 1' },
      { name: 'b', expression: 'object.spec.replicas > 100' },
    ],
    validations: refuse,
  }),
  policy('ignored-error', { failurePolicy: 'Ignore', validations: [{ expression: 'object.spec.nothing == 1' }] }),
  policy('variables', {
    variables: [
      { name: 'names', expression: 'object.spec.template.spec.containers.map(c, c.name)' },
      { name: 'first', expression: 'variables.names[0]' },
      { name: 'broken', expression: 'object.spec.nothing' },
    ],
    validations: [
      { expression: "variables.first == 'x'", messageExpression: "'first is ' + variables.first" },
      { expression: 'variables.broken == 1' },
    ],
  }),
  policy('whole-secret', {
    matchConstraints: rules('', ['secrets']),
    validations: [
      {
        expression: 'false',
        messageExpression: "object.type + ' ' + string(object.data.a) + ' ' + string(object.data.b)",
      },
      { expression: 'has(object.stringData)' },
    ],
  }),
  policy('whole-service', {
    matchConstraints: rules('', ['services']),
    validations: [
      {
        expression: 'false',
        messageExpression: "[object.spec.type, object.spec.sessionAffinity, object.spec.ports[0].protocol].join(' ')",
      },
    ],
  }),
  policy('by-name', {
    matchConstraints: {
      resourceRules: [
        { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'], resourceNames: ['plain'] },
      ],
    },
    validations: refuse,
  }),
  policy('excluding', {
    matchConstraints: {
      resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE'], resources: ['*'] }],
      excludeResourceRules: [
        { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['*'], resources: ['deployments'] },
      ],
    },
    validations: refuse,
  }),
  policy('namespaced-only', {
    matchConstraints: {
      resourceRules: [
        { apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE'], resources: ['*'], scope: 'Namespaced' },
      ],
    },
    validations: refuse,
  }),
  policy('update-only', {
    matchConstraints: {
      resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['*'] }],
    },
    validations: refuse,
  }),
  policy('elsewhere', {
    matchConstraints: {
      ...rules('apps', ['deployments']),
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'another' } },
    },
    validations: refuse,
  }),
];

const plain = `apiVersion: apps/v1
kind: Deployment
metadata: {name: plain, labels: {app: plain}}
spec:
  selector: {matchLabels: {app: plain}}
  template:
    metadata: {labels: {app: plain}}
    spec: {containers: [{name: web, image: 'example/web:1'}]}
`;
const objects = [
  plain,
  plain.replaceAll('plain', 'three').replace('spec:\n', 'spec:\n  replicas: 3\n'),
  plain
    .replaceAll('plain', 'limited')
    .replace("web:1'", "web:latest', resources: {limits: {cpu: 1000m, memory: 2Gi}}")
    .replace('{name: limited,', '{name: limited, annotations: {owner: jane},'),
  plain.replaceAll('plain', 'stateful').replace('Deployment', 'StatefulSet'),
  'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: b}\n',
  'apiVersion: v1\nkind: Secret\nmetadata: {name: db}\ndata: {a: YQ==}\nstringData: {b: c}\n',
  'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n',
  'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: plain}\nrules: []\n',
].flatMap((text) =>
  resourcesIn(text).map(
    (resource) => [`${resource.id.kind} ${resource.id.name}`, resource, resource.id.group === 'apps' ? 19 : 2] as const,
  ),
);

describe('a real API server and the module say the same about policies of every sort', () => {
  let proof: PolicyProof;
  const all = [
    ...Object.entries(validations).map(([name, validation]) => policy(name, { validations: [validation] })),
    ...special,
  ];

  beforeAll(async () => {
    proof = await provePolicies(all);
    const end = Date.now() + 30_000;
    const [first] = objects.map(([, object]): Resource => object);
    if (first === undefined) throw new Error('no object');
    // All of them were stored at once; they are enforced a moment later.
    const wanted = proof.ours(first).length;
    while ((await proof.real(first)).length < wanted) if (Date.now() > end) break;
  }, 120_000);

  test.each(objects)('%s', async (_title, object, atLeast) => {
    const real = await proof.real(object);

    expect(proof.ours(object)).toEqual(real);
    expect(real.length).toBeGreaterThanOrEqual(atLeast);
  });
});
