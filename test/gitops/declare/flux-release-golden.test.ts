import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { canonicalJson, stringifyJson } from '../../../src/formats/json.ts';
import { decodeManifests } from '../../../src/formats/yaml/decode.ts';
import { isJsonObject, type JsonObject, pick } from '../../../src/model/json.ts';
import { runProcess } from '../../../src/tools/process.ts';
import { buildOracle } from '../../oracles/build.ts';
import { calm, testInputs } from '../render/support.ts';
import { type DeclaredWorld, kustomization, openDeclaredWorld, renderedOf } from './declared-support.ts';
import { type ReleaseCase, releaseCases } from './flux-release-cases.ts';

const chart = {
  'charts/api/Chart.yaml': 'apiVersion: v2\nname: api\nversion: 1.2.3\nappVersion: "9"\n',
  'charts/api/values.yaml': 'color: red\nmap: {kept: yes}\n',
  'charts/api/values-prod.yaml': 'color: prod\n',
  'charts/api/crds/crd.yaml':
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.com}\nspec: {group: example.com, scope: Namespaced, names: {kind: Thing, plural: things}, versions: []}\n',
  'charts/api/templates/values.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name | trunc 50 }}-values"}\ndata:\n  values: {{ .Values | toJson | quote }}\n  release: "{{ .Release.Name }} {{ .Release.Namespace }} {{ .Release.Revision }} {{ .Release.IsInstall }} {{ .Chart.Version }}"\n',
  'charts/api/templates/deployment.yaml':
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: "{{ .Release.Name }}"}\nspec:\n  selector: {matchLabels: {app: api}}\n  template:\n    metadata: {labels: {app: api}}\n    spec: {containers: [{name: api, image: nginx}]}\n',
  'charts/api/templates/hook.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: hook, annotations: {helm.sh/hook: pre-install}}\n',
};

let world: DeclaredWorld;
let folder = '';
let programs = { helm: '', kustomize: '' };

beforeAll(async () => {
  world = openDeclaredWorld();
  programs = { helm: await buildOracle('helm'), kustomize: await buildOracle('kustomize') };
  folder = await mkdtemp(join(tmpdir(), 'fairlead-release-'));
  for (const [path, text] of Object.entries(chart)) await write(path, text);
}, 20 * 60_000);

afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true });
});

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

const ownChart =
  'chart: {spec: {chart: ./charts/api, sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}}}';

async function ours({ spec, beside = '', chart: from = ownChart, name = 'api' }: ReleaseCase) {
  const lines = `${from}\n${spec}`.replaceAll(/^(?=.)/gm, '  ');
  const release = `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: ${name}, namespace: shop}\nspec:\n  interval: 1h\n${lines}\n`;
  const files = {
    ...chart,
    'clusters/prod/flux-system/gotk-sync.yaml': kustomization('flux-system', './clusters/prod'),
    'clusters/prod/release.yaml': release,
    ...(beside === '' ? {} : { 'clusters/prod/beside.yaml': beside }),
  };
  return (await renderedOf(files, `${name}@prod`, world)).resources.map(({ object }) => object);
}

/** The commands of a person. */
async function theirs({ title, helm, kustomize }: ReleaseCase): Promise<readonly JsonObject[]> {
  const at = `case-${createHash('sha256').update(title).digest('hex').slice(0, 8)}`;
  await write(`${at}/values.json`, stringifyJson(helm.values));
  const { kubeVersion } = testInputs;
  const options = [
    '--namespace',
    helm.namespace,
    '--kube-version',
    kubeVersion,
    '--values',
    `${at}/values.json`,
    '--no-hooks',
  ];
  const crds = helm.flags?.includes('--skip-crds') === true ? [] : ['--include-crds'];
  const args = ['template', helm.release, './charts/api', ...options, ...crds, ...(helm.flags ?? [])];
  const text = await run(programs.helm, args);
  if (kustomize === undefined) return objectsOf(text);
  await write(`${at}/out.yaml`, text);
  await write(`${at}/kustomization.yaml`, `resources: [out.yaml]\n${kustomize}`);
  return objectsOf(await run(programs.kustomize, ['build', at]));
}

async function run(command: string, args: readonly string[]): Promise<string> {
  const env = { HOME: folder, PATH: '/nowhere' };
  const { code, stdout, stderr } = await runProcess({
    command,
    args,
    cwd: folder,
    env,
    signal: calm,
    deadlineMs: 30_000,
  });
  if (code !== 0) throw new Error(stderr.toString());
  return stdout.toString();
}

function objectsOf(text: string): readonly JsonObject[] {
  return decodeManifests({ file: 'out', bytes: new TextEncoder().encode(text) }).resources.map(({ object }) => object);
}

/** Helm leaves it to the server which namespace an object gets that names none. */
function plain(objects: readonly JsonObject[]): readonly string[] {
  const bare = objects.map((object) => {
    const metadata = pick(object, 'metadata');
    const { namespace: _, ...rest } = isJsonObject(metadata) ? metadata : {};
    return canonicalJson({ ...object, metadata: rest });
  });
  return bare.sort();
}

describe("a release renders as Helm's and kustomize's own programs do by hand", () => {
  test.each(releaseCases.map((example) => [example.title, example] as const))('%s', async (_title, example) => {
    expect(plain(await ours(example))).toEqual(plain(await theirs(example)));
  });
});
