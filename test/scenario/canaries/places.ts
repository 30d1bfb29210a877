import { toYaml } from '../../../src/formats/yaml/write.ts';
import type { JsonObject } from '../../../src/model/json.ts';

/** Path -> text. */
export type Files = Readonly<Record<string, string>>;

/** Where secret values are planted: files whose texts hold them, and how they are known. */
export interface Place {
  readonly name: string;
  /** Files of a folder of the place's own, with these values in it. */
  readonly files: (values: readonly string[]) => Files;
  /** Files with the values that the cluster held before; left out: `files` of those. */
  readonly before?: (values: readonly string[]) => Files;
}

const meta = (name: string, more: JsonObject = {}): JsonObject => ({ name, namespace: 'shop', ...more });
const numbered = (values: readonly string[]): Record<string, string> =>
  Object.fromEntries(values.map((value, index) => [`k${index}`, value]));

function secret(name: string, more: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: meta(name), ...more };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** The Secret by which the values of a place are known. */
function vault(name: string, values: readonly string[]): JsonObject {
  return secret(`${name}-vault`, { stringData: numbered(values) });
}

function manifests(name: string, build: (values: readonly string[]) => readonly JsonObject[]): Place {
  const files = (values: readonly string[]): Files => ({
    [`can/${name}/envs/staging/all.yaml`]: yaml([vault(name, values), ...build(values)]),
  });
  return { name, files };
}

function yaml(objects: readonly JsonObject[]): string {
  return objects.map((object) => `---\n${toYaml(object)}`).join('');
}

function configMap(name: string, data: JsonObject, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: meta(name, metadata), data };
}

/** A Deployment with one container that has these fields beside name and image. */
function deployment(name: string, container: JsonObject, template: JsonObject = {}): JsonObject {
  const labels = { app: name };
  const containers = [{ name: 'app', image: 'registry.example/shop/app:1.0.0', ...container }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: meta(name),
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels, ...template }, spec: { containers } },
    },
  };
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** A Secret's own places, where values of any length are hidden. */
const own: readonly Place[] = [
  manifests('secret-data', (values) => [
    secret('secret-data', { data: Object.fromEntries(values.map((value, at) => [`d${at}`, base64(value)])) }),
  ]),
  manifests('secret-string-data', (values) => [secret('secret-string-data', { stringData: numbered(values) })]),
  manifests('secret-applied', (values) => [
    secret('secret-applied', {
      metadata: meta('secret-applied', {
        annotations: { [lastApplied]: JSON.stringify(secret('secret-applied', { stringData: numbered(values) })) },
      }),
      stringData: { a: 'b' },
    }),
  ]),
  manifests('secret-kapp', (values) => [
    secret('secret-kapp', {
      metadata: meta('secret-kapp', {
        annotations: { 'kapp.k14s.io/original': JSON.stringify({ kind: 'Secret', stringData: numbered(values) }) },
      }),
    }),
  ]),
  manifests('secret-list', (values) => [
    { apiVersion: 'v1', kind: 'List', items: [secret('secret-list', { stringData: numbered(values) })] },
  ]),
  manifests('secret-typed-list', (values) => [
    { apiVersion: 'v1', kind: 'SecretList', items: [secret('secret-typed-list', { stringData: numbered(values) })] },
  ]),
  manifests('secret-annotation', (values) => [
    secret('secret-annotation', { metadata: meta('secret-annotation', { annotations: numbered(values) }) }),
  ]),
  manifests('secret-docker', (values) => [
    secret('secret-docker', {
      type: 'kubernetes.io/dockerconfigjson',
      stringData: { '.dockerconfigjson': JSON.stringify({ auths: { r: { password: values[0] ?? '' } } }) },
    }),
  ]),
];

const objects: readonly Place[] = [
  manifests('config-map', (values) => [configMap('config-map', numbered(values))]),
  manifests('config-map-binary', (values) => [
    {
      ...configMap('config-map-binary', {}),
      binaryData: Object.fromEntries(values.map((value, at) => [`b${at}`, base64(value)])),
    },
  ]),
  manifests('config-map-json', (values) => [configMap('config-map-json', { 'a.json': JSON.stringify({ values }) })]),
  manifests('config-map-yaml', (values) => [configMap('config-map-yaml', { 'a.yaml': toYaml({ list: [...values] }) })]),
  manifests('config-map-text', (values) => [configMap('config-map-text', { conf: values.join('\n# next\n') })]),
  manifests('config-map-url', (values) => [
    configMap('config-map-url', {
      ...Object.fromEntries(values.map((value, at) => [`u${at}`, `https://h/?q=${encodeURIComponent(value)}`])),
    }),
  ]),
  manifests('config-map-twice', (values) => [
    configMap('config-map-twice', Object.fromEntries(values.map((value, at) => [`t${at}`, base64(base64(value))]))),
  ]),
  manifests('config-map-hex', (values) => [
    configMap('config-map-hex', {
      ...Object.fromEntries(values.map((value, at) => [`h${at}`, Buffer.from(value).toString('hex')])),
    }),
  ]),
  manifests('annotation', (values) => [configMap('annotation', { a: 'b' }, { annotations: numbered(values) })]),
  manifests('applied-elsewhere', (values) => [
    configMap('applied-elsewhere', { a: 'b' }, { annotations: { note: JSON.stringify(numbered(values)) } }),
  ]),
  manifests('env', (values) => [deployment('env', { env: values.map((value, at) => ({ name: `V${at}`, value })) })]),
  manifests('args', (values) => [deployment('args', { args: values.map((value) => `--it=${value}`) })]),
  manifests('command', (values) => [deployment('command', { command: ['run', ...values] })]),
  manifests('probe-command', (values) => [
    deployment('probe-command', { livenessProbe: { exec: { command: [...values] } } }),
  ]),
  manifests('probe-headers', (values) => [
    deployment('probe-headers', {
      readinessProbe: {
        httpGet: { path: '/', port: 80, httpHeaders: values.map((value, at) => ({ name: `X-${at}`, value })) },
      },
    }),
  ]),
  manifests('lifecycle', (values) => [
    deployment('lifecycle', { lifecycle: { preStop: { exec: { command: ['sh', '-c', values.join(' ; ')] } } } }),
  ]),
  manifests('template-annotation', (values) => [
    deployment('template-annotation', {}, { annotations: numbered(values) }),
  ]),
  manifests('ingress', (values) => [
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: meta('ingress', { annotations: { 'nginx.ingress.kubernetes.io/auth-snippet': values.join('\n') } }),
      spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } },
    },
  ]),
];

/** What is wrong, so that somebody quotes it: our checks, the renderers, the server. */
const faults: readonly Place[] = [
  wrong('enum', (values) => [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: meta('enum'),
      spec: { type: values[0] ?? '', ports: [{ port: 80 }] },
    },
  ]),
  wrong('type', (values) => [deployment('type', { ports: values.map((value) => ({ containerPort: value })) })]),
  wrong('unknown-kind', (values) => [
    { apiVersion: 'shop.example/v1', kind: 'Basket', metadata: meta('unknown-kind'), spec: numbered(values) },
  ]),
  wrong('wrong-case', (values) => [
    { apiVersion: 'v1', kind: 'secret', metadata: meta('wrong-case'), stringData: numbered(values) },
  ]),
  wrong('secret-types', (values) => [
    secret('secret-types', { stringData: { a: [...values], b: { c: values[0] ?? '' } } }),
  ]),
  wrong('no-name', (values) => [{ ...configMap('no-name', numbered(values)), metadata: { namespace: 'shop' } }]),
  wrong('bad-label', (values) => [configMap('bad-label', { a: 'b' }, { labels: numbered(values) })]),
  wrong('quantity', (values) => [deployment('quantity', { resources: { limits: { memory: values[0] ?? '' } } })]),
  {
    name: 'broken-yaml',
    files: (values) => ({
      'can/broken-yaml/envs/staging/a.yaml': yaml([vault('broken-yaml', values)]),
      'can/broken-yaml/envs/staging/b.yaml': `a: ${JSON.stringify(values[0])} x: [\n`,
    }),
    before: (values) => ({ 'can/broken-yaml/envs/staging/a.yaml': yaml([vault('broken-yaml', values)]) }),
  },
];

function wrong(name: string, build: (values: readonly string[]) => readonly JsonObject[]): Place {
  const { files } = manifests(name, build);
  return { name, files, before: manifests(name, () => []).files };
}

const kustomized = (name: string, more: (values: readonly string[]) => JsonObject): Place => ({
  name,
  files: (values) => ({
    [`can/${name}/overlays/staging/kustomization.yaml`]: toYaml({
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      namespace: 'shop',
      resources: ['vault.yaml', 'map.yaml'],
      ...more(values),
    }),
    [`can/${name}/overlays/staging/vault.yaml`]: yaml([vault(name, values)]),
    [`can/${name}/overlays/staging/map.yaml`]: yaml([configMap(`${name}-map`, { a: 'b' })]),
  }),
});

const generators: readonly Place[] = [
  kustomized('map-generator', (values) => ({
    configMapGenerator: [{ name: 'generated', literals: values.map((value, at) => `k${at}=${value}`) }],
  })),
  kustomized('secret-generator', (values) => ({
    secretGenerator: [{ name: 'generated', literals: values.map((value, at) => `k${at}=${value}`) }],
  })),
  kustomized('patch', (values) => ({
    patches: [
      { target: { kind: 'ConfigMap', name: 'patch-map' }, patch: yaml([configMap('patch-map', numbered(values))]) },
    ],
  })),
  kustomized('annotations', (values) => ({ commonAnnotations: numbered(values) })),
  {
    name: 'kustomize-error',
    files: (values) => ({
      ...kustomized('kustomize-error', () => ({ patches: [{ patch: values.join('\n') }] })).files(values),
    }),
    before: kustomized('kustomize-error', () => ({})).files,
  },
];

function chart(name: string, template: string): Place {
  const files = (values: readonly string[], text: string): Files => ({
    [`charts/${name}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`,
    [`charts/${name}/values.yaml`]: toYaml({ login: { passwords: numbered(values) } }),
    [`charts/${name}/values-staging.yaml`]: toYaml({ staging: true }),
    [`charts/${name}/templates/vault.yaml`]: [
      'apiVersion: v1',
      'kind: Secret',
      'metadata:',
      `  name: ${name}-vault`,
      '  namespace: shop',
      'stringData: {{ .Values.login.passwords | toJson }}',
      '',
    ].join('\n'),
    [`charts/${name}/templates/more.yaml`]: text,
  });
  const map = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: shop\ndata:\n  a: b\n`;
  return { name, files: (values) => files(values, template), before: (values) => files(values, map) };
}

const charts: readonly Place[] = [
  chart(
    'chart-map',
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: chart-map\n  namespace: shop\ndata: {{ .Values.login.passwords | toJson }}\n',
  ),
  chart('chart-fail', '{{ fail (printf "will not: %s" (.Values.login.passwords | toJson)) }}\n'),
  chart('chart-required', '{{ required (printf "needs %s" .Values.login.passwords.k0) .Values.nothing }}\n'),
  chart('chart-broken', 'a: {{ .Values.login.passwords.k0 | quote }} b: [\n'),
];

/** Every place of a file. */
export const places: readonly Place[] = [...own, ...objects, ...faults, ...generators, ...charts];

/** Objects whose values the API server, or what stands before it, quotes when it answers. */
export const quotedPlaces: readonly Place[] = [
  'quoted-invalid',
  'quoted-denied',
  'quoted-webhook',
  'quoted-typed',
  'quoted-warning',
].map((name) => wrong(name, (values) => [configMap(name, numbered(values))]));
