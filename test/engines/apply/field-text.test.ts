import { describe, expect, test } from '@jest/globals';
import { invalidComplaints, locateField, typedComplaints } from '../../../src/engines/apply/field-text.ts';

const object = {
  metadata: { annotations: { 'a.b/c': 'x', a: 'y' } },
  data: { 'app.yaml': '1' },
  spec: {
    replicas: -1,
    template: {
      spec: {
        containers: [
          { name: 'proxy', image: 'p' },
          {
            name: 'web',
            image: 'w',
            ports: [{ containerPort: 80, protocol: 'TCP' }],
            env: [{ name: 'A' }, { name: 'A' }],
          },
        ],
      },
    },
  },
};

describe('locateField', () => {
  const web = ['spec', 'template', 'spec', 'containers', 1];

  test.each([
    ['.spec.replicas', ['spec', 'replicas']],
    ['spec.template.spec.containers[1].image', [...web, 'image']],
    ['.spec.template.spec.containers[name="web"].image', [...web, 'image']],
    [
      '.spec.template.spec.containers[name="web"].ports[containerPort=80,protocol="TCP"].containerPort',
      [...web, 'ports', 0, 'containerPort'],
    ],
    ['metadata.annotations[a.b/c]', ['metadata', 'annotations', 'a.b/c']],
    ['.metadata.annotations.a.b/c', ['metadata', 'annotations', 'a.b/c']],
    ['data[app.yaml]', ['data', 'app.yaml']],
    ['spec.strategy.type', ['spec']],
    ['spec.template.spec.containers[7].image', ['spec', 'template', 'spec', 'containers']],
    ['spec.template.spec.containers[name="gone"]', ['spec', 'template', 'spec', 'containers']],
  ])('%s', (text, at) => {
    expect(locateField(object, text)).toEqual(at);
  });
});

describe('what the server complains about', () => {
  const start =
    'Cluster c could not dry-run deployments.apps shop/web: failed to create typed patch object (shop/web; apps/v1, Kind=Deployment): ';
  const container = 'spec.template.spec.containers[name="web"]';

  test.each([
    [`${start}.spec.replicas: field not declared in schema.`, [['spec.replicas', 'field not declared in schema']]],
    [
      `${start}.${container}.env: duplicate entries for key [name="A"].`,
      [[`${container}.env`, 'duplicate entries for key [name="A"]']],
    ],
    [
      `${start}.spec.replicas: expected numeric (int or float), got string.`,
      [['spec.replicas', 'expected numeric (int or float), got string']],
    ],
    [
      `${start}errors:\n  .spec.a: field not declared in schema\n  .spec.b: field not declared in schema`,
      [
        ['spec.a', 'field not declared in schema'],
        ['spec.b', 'field not declared in schema'],
      ],
    ],
    ['failed for .spec.a: field not declared in schema', []],
  ])('%s', (message, expected) => {
    expect(typedComplaints(message, object).map(({ field, reason }) => [field, reason])).toEqual(expected);
  });

  test.each([
    [
      'Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0.',
      [['spec.replicas', 'Invalid value: -1: must be greater than or equal to 0']],
    ],
    [
      'D "w" is invalid: [spec.replicas: Invalid value: -1: must be >= 0, spec.template.spec.containers[1].image: Required value, data[app.yaml]: Too long: may not be more than 3 bytes].',
      [
        ['spec.replicas', 'Invalid value: -1: must be >= 0'],
        ['spec.template.spec.containers[1].image', 'Required value'],
        ['data[app.yaml]', 'Too long: may not be more than 3 bytes'],
      ],
    ],
    ['admission webhook "x" denied the request: no', []],
  ])('%s', (message, expected) => {
    expect(invalidComplaints(message, object).map(({ field, reason }) => [field, reason])).toEqual(expected);
  });
});
