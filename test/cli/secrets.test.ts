import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { expectCalm } from '../support/calm.ts';
import { buildingModules, fairlead, modulesBuilt } from '../support/command-line.ts';
import { type Contents, chartYaml, configMap, pullRepository } from '../support/pull-repository.ts';
import type { TemporaryRepository } from '../world/git/temporary-repository.ts';

// expectCalm refuses the word CANARY anywhere; base64 of it is looked for here.
const encoded = Buffer.from('CANARY-encoded-value').toString('base64');
const made: TemporaryRepository[] = [];
beforeAll(modulesBuilt, buildingModules);
afterAll(() => {
  for (const repository of made) repository.remove();
});

function secret(clear: string, rest = ''): string {
  return `apiVersion: v1
kind: Secret
metadata:
  name: login
data:
  token: ${encoded}
stringData:
  password: ${clear}
${rest}`;
}

const chart: Contents = {
  'charts/shop/Chart.yaml': chartYaml,
  'charts/shop/values.yaml': 'password: CANARY-of-values\n',
  'charts/shop/templates/secret.yaml': `apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}
stringData:
  password: {{ .Values.password }}
`,
  // The same value slips into an object that is no Secret.
  'charts/shop/templates/config.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  url: postgres://shop:{{ .Values.password }}@db/shop
`,
};

const generator = {
  'k/kustomization.yaml': 'secretGenerator:\n- name: login\n  files:\n  - token=secret.txt\n',
  'k/secret.txt': 'CANARY-of-a-generator',
};

interface Case {
  readonly what: string;
  readonly base: Contents;
  readonly head: Contents;
  readonly shows: RegExp;
}

const cases: readonly Case[] = [
  {
    what: 'a new Secret',
    base: { 'apps/a.yaml': configMap('a') },
    head: { 'apps/s.yaml': secret('CANARY-clear-text') },
    shows: /Secret default\/login|"name": "login"/,
  },
  {
    what: 'a changed Secret: its key is named, its values are not',
    base: { 'apps/s.yaml': secret('CANARY-clear-before') },
    head: { 'apps/s.yaml': secret('CANARY-clear-after') },
    shows: /stringData\.password|data\.password|"password"/,
  },
  {
    what: 'a Secret with a field of the wrong type',
    base: { 'apps/a.yaml': configMap('a') },
    head: {
      'apps/s.yaml': secret('CANARY-clear-text').replace(
        '  password: CANARY-clear-text',
        '  password: {of: CANARY-in-a-map}',
      ),
    },
    shows: /schema-/,
  },
  {
    what: 'a Secret with an unknown field',
    base: { 'apps/a.yaml': configMap('a') },
    head: {
      'apps/s.yaml': secret('CANARY-clear-text', 'dat: CANARY-misspelt\n').replace('dat: CANARY-misspelt', 'datta: {}'),
    },
    shows: /schema-unknown-field/,
  },
  {
    what: 'a Secret in broken YAML',
    base: { 'apps/a.yaml': configMap('a') },
    head: { 'apps/s.yaml': secret('"CANARY-clear-text" x: [') },
    shows: /decode-failed/,
  },
  {
    what: 'a chart that puts a value into a Secret and elsewhere',
    base: { 'README.md': '' },
    head: chart,
    shows: /Secret default\/shop|"kind": "Secret"/,
  },
  {
    what: 'a chart whose values change',
    base: chart,
    head: { 'charts/shop/values.yaml': 'password: CANARY-of-other-values\n' },
    shows: /password/,
  },
  {
    what: 'a Secret of a chart that also puts a value where it is refused',
    base: { 'README.md': '' },
    head: {
      ...chart,
      'charts/shop/templates/service.yaml': `apiVersion: v1
kind: Service
metadata:
  name: shop
  {{ .Values.password }}: {}
spec:
  type: {{ .Values.password }}
`,
    },
    shows: /schema-enum/,
  },
  {
    what: 'a Secret that kustomize generates',
    base: generator,
    head: { 'k/secret.txt': 'CANARY-of-another-generator' },
    shows: /login-/,
  },
];

describe('no format of a review shows the values of', () => {
  for (const { what, base, head, shows } of cases) {
    const repository = pullRepository(base, head);
    made.push(repository);

    test.each(['pretty', 'md', 'json', 'html'])(`${what} (%s)`, async (format) => {
      const run = await fairlead(['review', '--format', format], { cwd: repository.path });

      expectCalm(run);
      expect(run.stdout).toMatch(shows);
      expect(run.stdout).not.toContain(encoded);
      expect(run.stderr).toBe('');
    });
  }
});

describe('no message of validate shows the values of', () => {
  test.each(cases.filter(({ what }) => what.startsWith('a Secret')))('$what', async ({ base, head }) => {
    const repository = pullRepository(base, head);
    made.push(repository);

    const runs = [
      await fairlead(['validate'], { cwd: repository.path }),
      await fairlead(['validate', '--format', 'json'], { cwd: repository.path }),
    ];

    for (const run of runs) {
      expectCalm(run);
      expect(run.stdout).not.toContain(encoded);
    }
  });
});

test('a chart that fails with a value of a Secret in its message does not print it', async () => {
  const failing = {
    'charts/shop/templates/secret.yaml': `{{- $password := .Values.password }}
{{- fail (printf "refused: %s" $password) }}
`,
  };
  const repository = pullRepository(chart, failing);
  made.push(repository);

  const run = await fairlead(['review'], { cwd: repository.path });

  expectCalm(run);
  expect(run.code).toBe(3);
  expect(run.stdout).toContain('refused: ');
});
