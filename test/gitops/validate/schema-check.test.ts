import { beforeAll, describe, expect, test } from '@jest/globals';
import { deriveBundle, type OpenApiBundle, serveBundle } from '../../../src/formats/openapi/bundle.ts';
import type { KnownKinds } from '../../../src/gitops/validate/kind-facts.ts';
import type { Finding } from '../../../src/model/finding.ts';
import { findingsOf, resourcesIn } from './validation.ts';

let bundle: OpenApiBundle;

beforeAll(async () => {
  bundle = serveBundle(await deriveBundle());
});

async function findings(yaml: string, kinds?: KnownKinds): Promise<readonly Finding[]> {
  return findingsOf(resourcesIn(yaml.trimStart()), bundle.document, kinds ?? { served: null, builtIn: bundle.kinds });
}

function brief(finding: Finding | undefined): string {
  return `${finding?.file}:${finding?.line} ${finding?.severity} ${finding?.rule} ${finding?.message} ${finding?.fix}`;
}

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replicas: 1
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: web
          image: nginx
          imagePullPolicy: Always
`;

describe('a finding names the place, the fault and the way out', () => {
  const cases: readonly (readonly [string, string, string, string])[] = [
    [
      'a misspelled field',
      'imagePullPolicy: Always',
      'imagePullPolciy: Always',
      'app.yaml:17 block schema-unknown-field Deployment shop/web: spec.template.spec.containers[name=web].imagePullPolciy is not a known field; did you mean "imagePullPolicy"? Rename it to "imagePullPolicy".',
    ],
    [
      'a field in the wrong case',
      'imagePullPolicy: Always',
      'imagepullpolicy: Always',
      'app.yaml:17 block schema-unknown-field Deployment shop/web: spec.template.spec.containers[name=web].imagepullpolicy is not a known field; did you mean "imagePullPolicy"? Rename it to "imagePullPolicy".',
    ],
    [
      'a field nothing resembles',
      'replicas: 1',
      'frobnicate: 1',
      'app.yaml:7 block schema-unknown-field Deployment shop/web: spec.frobnicate is not a known field. Remove it, or move it to where it belongs. Known here: minReadySeconds, paused, progressDeadlineSeconds, replicas, revisionHistoryLimit, selector, strategy, template.',
    ],
    [
      'text for a number',
      'replicas: 1',
      'replicas: "1"',
      'app.yaml:7 block schema-wrong-type Deployment shop/web: spec.replicas must be a whole number, not text ("1"). Remove the quotes.',
    ],
    [
      'a mapping for a list',
      '- name: web',
      '  name: web',
      'app.yaml:14 block schema-wrong-type Deployment shop/web: spec.template.spec.containers must be a list, not a mapping. null',
    ],
    [
      'a value that is not allowed',
      'imagePullPolicy: Always',
      'imagePullPolicy: always',
      'app.yaml:17 block schema-enum Deployment shop/web: spec.template.spec.containers[name=web].imagePullPolicy does not allow its value ("always"); it is one of Always, IfNotPresent, Never. Write Always.',
    ],
    [
      'a missing field',
      '- name: web\n          image: nginx',
      '- image: nginx',
      'app.yaml:15 block schema-required Deployment shop/web: spec.template.spec.containers[0].name is required and missing. Add name.',
    ],
    [
      'a broken quantity',
      'imagePullPolicy: Always',
      'resources: {limits: {memory: 1GB}}',
      'app.yaml:17 block schema-invalid Deployment shop/web: spec.template.spec.containers[name=web].resources.limits.memory must be a quantity such as 500m or 1Gi ("1GB"). null',
    ],
    [
      'two items with one key',
      'imagePullPolicy: Always',
      'ports:\n            - containerPort: 80\n            - containerPort: 80\n              protocol: TCP',
      'app.yaml:19 block duplicate-list-key Deployment shop/web: spec.template.spec.containers[name=web].ports[containerPort=80,protocol=TCP] repeats the containerPort and protocol of an earlier item, so that server-side apply refuses the list. Keep one of the two.',
    ],
    [
      'a label that is too long',
      'labels: {app: web}',
      `labels: {app: ${'x'.repeat(64)}}`,
      'app.yaml:12 block metadata-label Deployment shop/web: the value of label app is not at most 63 letters, digits, -, _ and ., beginning and ending with a letter or digit. null',
    ],
    [
      'a name with capitals',
      'name: web\n  namespace',
      'name: Web\n  namespace',
      'app.yaml:4 block metadata-name Deployment shop/Web: metadata.name "Web" is not a DNS name: lower-case letters, digits, - and ., at most 253 characters. null',
    ],
  ];

  test.each(cases)('%s', async (_name, from, to, expected) => {
    const yaml = deployment.replace(from, to);

    const found = await findings(yaml);

    expect(yaml).not.toBe(deployment);
    expect(found.map(brief)).toEqual([expected]);
  });

  test('a good object has none', async () => {
    expect(await findings(deployment)).toEqual([]);
  });

  test('an object without a name says that generateName cannot be applied', async () => {
    const found = await findings('apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: web-}');

    expect(found.map(brief)).toEqual([
      'app.yaml:3 block metadata-name ConfigMap : metadata.name is missing. generateName cannot be applied. Add a name.',
    ]);
  });

  test('an object declared twice names the first place', async () => {
    const found = await findings(`${deployment.trimStart()}---\n${deployment}`);

    expect(found.map(brief)).toEqual([
      'app.yaml:20 block duplicate-resource Deployment shop/web: it is already declared in app.yaml:1. Keep one of the two declarations.',
    ]);
  });

  test('more problems than can be read are counted', async () => {
    const fields = Array.from({ length: 30 }, (_, index) => `field${index}: 1`).join(', ');
    const found = await findings(
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nx: {}\n${fields.replaceAll(', ', '\n')}`,
    );

    expect(found).toHaveLength(21);
    expect(found.at(-1)?.message).toContain('11 more schema problems');
  });
});

describe('values that may be secret are not quoted', () => {
  test.each([
    ['a Secret', 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {password: 836451}'],
    ['a broken Secret', 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {password: "836451!"}'],
    ['a Secret type', 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: 836451'],
    ['a ConfigMap', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {password: 836451}'],
    ['a variable', deployment.replace('imagePullPolicy: Always', 'env: [{name: PASSWORD, value: 836451}]')],
    ['an argument', deployment.replace('imagePullPolicy: Always', 'args: [836451]')],
    ['an annotation', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: {token: 836451}}'],
  ])('of %s', async (_name, yaml) => {
    const found = await findings(yaml);

    expect(found.length).toBeGreaterThan(0);
    expect(JSON.stringify(found)).not.toContain('836451');
  });
});

describe('a kind without a schema', () => {
  const widget = 'apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}';
  const served = [{ group: 'apps', version: 'v1', kind: 'Deployment' }];

  test('is refused when the cluster does not serve it', async () => {
    const found = await findings(widget, { served, builtIn: bundle.kinds });

    expect(found.map(brief)).toEqual([
      'app.yaml:2 block schema-unknown-kind Widget a: the cluster does not serve example.com/v1 Widget, and no CustomResourceDefinition here declares it. Install its CustomResourceDefinition first.',
    ]);
  });

  test('is a note when the cluster serves it without a schema', async () => {
    const kinds = { served: [{ group: 'example.com', version: 'v1', kind: 'Widget' }], builtIn: bundle.kinds };

    expect((await findings(widget, kinds)).map(({ severity }) => severity)).toEqual(['note']);
  });

  test('is one note for all its objects when nobody knows the kind', async () => {
    const found = await findings(`${widget}\n---\n${widget.replace('name: a', 'name: b')}`);

    expect(found.map(brief)).toEqual([
      'app.yaml:2 note schema-unknown-kind Widget a: no schema is known for example.com/v1 Widget; 2 objects are not validated. Name a cluster that serves it, or add its CustomResourceDefinition.',
    ]);
  });

  test.each([
    ['a version to come', 'apps/v2', 'Deployment', { served, builtIn: [] }, 'Did you mean apps/v1 Deployment?'],
    ['a removed version', 'apps/v1beta2', 'Deployment', undefined, 'Write it as apps/v1.'],
    ['a misspelled kind', 'apps/v1', 'Deploymnet', undefined, 'Did you mean apps/v1 Deployment?'],
  ])('of %s suggests the right one', async (_name, apiVersion, kind, kinds, fix) => {
    const found = await findings(`apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}`, kinds);

    expect(found.map((finding) => finding.fix)).toEqual([fix]);
    expect(found[0]?.severity).toBe(kinds === undefined ? 'caution' : 'block');
  });

  test('is known when a definition among the resources declares it, whatever the cluster serves', async () => {
    const definition = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, kind: Widget}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}}
---
`.trimStart();

    const found = await findings(`${definition}${widget}\nspec: {siez: 3}`, { served, builtIn: bundle.kinds });

    expect(found.filter(({ resource }) => resource?.kind === 'Widget').map(brief)).toEqual([
      'app.yaml:17 block schema-unknown-field Widget a: spec.siez is not a known field; did you mean "size"? Rename it to "size".',
    ]);
  });

  test('a definition whose schema cannot be used is said so, and nothing else fails', async () => {
    const definition = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, kind: Widget}
  versions:
    - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {a: {$ref: '#/nowhere'}}}}}
---
`.trimStart();

    const found = await findings(`${definition}${widget}`);

    expect(found.map(({ rule }) => rule)).toContain('schema-broken');
  });
});
