import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type ArgoCdKnowledge, type ArgoCdOptions, nothingKnown } from '../../../src/model/argocd-knowledge.ts';
import type { Declaration } from '../../../src/model/declared.ts';
import {
  affectedOf,
  argoApp,
  configMap,
  type Files,
  linesOf,
  openDeclaredWorld,
  ownUrl,
  renderedOf,
  sourceOf,
} from './declared-support.ts';

let knowledge: ArgoCdKnowledge;
const world = openDeclaredWorld(async () => knowledge);

beforeEach(() => {
  knowledge = nothingKnown;
});
afterAll(() => world.close());

const known = (value: ArgoCdOptions) => ({ kind: 'known', value }) as const;
const origin = () => ({ own: { urls: [ownUrl], branch: 'main', defaultBranch: 'main' } });
const app: Files = { 'apps/web.yaml': argoApp('web', sourceOf('web')), 'web/cm.yaml': configMap('web') };
const settings = (data: string, name = 'argocd-cm') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: argocd}\ndata: ${data}\n`;

async function settingsOf(head: Files): Promise<Declaration['settings']> {
  const { applications } = await affectedOf({ base: {}, head, origin: origin() }, world);
  return applications.find(({ name }) => name === 'web')?.declared?.settings;
}

describe('settings of Argo CD', () => {
  test('are those of its ConfigMaps, as far as they decide', async () => {
    knowledge = {
      ...nothingKnown,
      settings: known({ 'kustomize.buildOptions': '--enable-helm', url: 'https://cd.example' }),
      parameters: known({ 'reposerver.allow.oob.symlinks': 'true', 'server.insecure': 'true' }),
    };

    expect(await settingsOf(app)).toEqual({
      'kustomize.buildOptions': '--enable-helm',
      'reposerver.allow.oob.symlinks': 'true',
    });
  });

  test('are not known where nobody tells', async () => {
    expect(await settingsOf(app)).toBeUndefined();
  });

  test('that may not be read are told with each application, and the right that is missing', async () => {
    const settings = { kind: 'unknown', why: 'hub may not get configmaps', remedy: 'Grant it.' } as const;
    knowledge = { ...nothingKnown, settings, projects: { kind: 'known', value: new Map() } };

    const { findings, applications } = await affectedOf({ base: {}, head: app, origin: origin() }, world);

    expect(applications.map(({ declared }) => declared?.untold)).toContain(findings[0]?.message);
    expect(findings).toMatchObject([
      {
        rule: 'argocd-incomplete',
        severity: 'caution',
        file: 'apps/web.yaml',
        message:
          'Application web: how settings of Argo CD have it rendered cannot be told, as hub may not get configmaps',
        fix: 'Grant it.',
      },
    ]);
  });

  test('are those of the repository where it holds the ConfigMap, whole or as a patch', async () => {
    knowledge = {
      ...nothingKnown,
      settings: known({ 'kustomize.buildOptions': '--enable-helm', 'helm.valuesFileSchemes': 'https' }),
    };
    const written = settings('{"kustomize.buildOptions": "--enable-exec"}');
    const whole = { ...app, 'argocd/cm.yaml': written };
    const patch = { ...whole, 'argocd/kustomization.yaml': 'patches: [{path: cm.yaml}]\n' };

    expect(await settingsOf(whole)).toEqual({ 'kustomize.buildOptions': '--enable-exec' });
    expect(await settingsOf(patch)).toEqual({
      'kustomize.buildOptions': '--enable-exec',
      'helm.valuesFileSchemes': 'https',
    });
  });

  test('of a repository with several that differ are those of the cluster, else not known', async () => {
    const two = {
      ...app,
      'eu/cm.yaml': settings('{"kustomize.buildOptions": "--enable-helm"}'),
      'us/cm.yaml': settings('{"kustomize.buildOptions": ""}'),
    };

    expect(await settingsOf(two)).toBeUndefined();
    knowledge = { ...nothingKnown, settings: known({ 'resource.exclusions': '[]' }) };
    expect(await settingsOf(two)).toEqual({ 'resource.exclusions': '[]' });
  });

  test('that a pull changes have every application reviewed', async () => {
    const base = { ...app, 'argocd/cm.yaml': settings('{"resource.exclusions": "[]"}') };
    const head = { ...base, 'argocd/cm.yaml': settings('{"resource.exclusions": "[{kinds: [Event]}]"}') };

    expect(linesOf(await affectedOf({ base, head, origin: origin() }, world))).toContain('web@null: declaration');
  });
});

describe('kinds that Argo CD is told to leave alone', () => {
  const lease = 'apiVersion: coordination.k8s.io/v1\nkind: Lease\nmetadata: {name: lock}\n';
  const files: Files = { ...app, 'web/lease.yaml': lease, 'web/other.yaml': configMap('other') };
  const kindsOf = async (more: Files = {}) => {
    const { resources, findings } = await renderedOf({ ...files, ...more }, 'web', world);
    const told = findings.map(({ rule, severity, file, message }) => `${rule} ${severity} ${file} ${message}`);
    return { names: resources.map(({ id }) => id.name), told };
  };

  test('are not compared, and each kind is told once', async () => {
    const exclusions = settings('{"resource.exclusions": "[{kinds: [ConfigMap]}]"}');

    expect(await kindsOf({ 'argocd/cm.yaml': exclusions })).toEqual({
      names: [],
      told: [
        'argocd-excluded note web/cm.yaml ConfigMap shop/web and 1 more: Argo CD applies none of kind ConfigMap, as its settings exclude it; left out of the comparison.',
        'argocd-excluded note web/lease.yaml Lease shop/lock: Argo CD applies none of kind Lease, as its settings exclude it; left out of the comparison.',
      ],
    });
  });

  test('stay where nothing says so, but for those no Argo CD applies', async () => {
    expect((await kindsOf()).names).toEqual(['web', 'other']);
  });

  test('in some clusters are told where the address of this one is not known', async () => {
    const exclusions = settings('{"resource.exclusions": "[{kinds: [ConfigMap], clusters: [https://prod.example]}]"}');
    const named = {
      'apps/web.yaml': app['apps/web.yaml']?.replace('server: "https://kubernetes.default.svc"', 'name: prod') ?? '',
    };

    const { names, told } = await kindsOf({ 'argocd/cm.yaml': exclusions, ...named });

    expect(names).toEqual(['web', 'other']);
    expect(told).toContainEqual(expect.stringMatching(/^argocd-differs note .*may apply none of kind ConfigMap/));
  });
});

test('values files at an address of a kind that Argo CD does not fetch are refused', async () => {
  const files = (schemes: string): Files => ({
    'apps/web.yaml': argoApp('web', sourceOf('web', ', helm: {valueFiles: ["http://files.example/v.yaml"]}')),
    'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'argocd/cm.yaml': settings(`{"helm.valuesFileSchemes": "${schemes}"}`),
  });

  await expect(renderedOf(files('https'), 'web', world)).rejects.toMatchObject({
    code: 'render-failed',
    message: expect.stringContaining('the URL scheme http is not among helm.valuesFileSchemes'),
  });
  const outcome = await renderedOf(files('https, http'), 'web', world).catch(({ message }: Error) => message);
  expect(JSON.stringify(outcome)).not.toContain('URL scheme');
});

describe('build options of kustomize', () => {
  const chart: Files = {
    ...app,
    'web/kustomization.yaml': 'helmCharts: [{name: web, releaseName: r}]\nhelmGlobals: {chartHome: charts}\n',
    'web/charts/web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'web/charts/web/values.yaml': '',
    'web/charts/web/templates/cm.yaml': configMap('{{ .Release.Name }}'),
  };
  const withOptions = (text: string): Files => ({
    ...chart,
    'argocd/cm.yaml': settings(`{"kustomize.buildOptions": "${text}"}`),
  });
  const told = async (files: Files) => {
    const { resources, findings } = await renderedOf(files, 'web', world);
    return [...resources.map(({ id }) => id.name), ...findings.map(({ rule, message }) => `${rule} ${message}`)];
  };

  test('that have charts inflated leave nothing to remark', async () => {
    expect(await told(withOptions('--enable-helm'))).toEqual(['r']);
    expect(await told(chart)).toEqual(['r', expect.stringMatching(/^argocd-differs .* --enable-helm/)]);
  });

  test('without them refuse charts, as Argo CD does', async () => {
    await expect(told(withOptions(''))).rejects.toMatchObject({
      code: 'render-failed',
      subject: 'web/kustomization.yaml:1',
      message: expect.stringContaining('is not told --enable-helm'),
    });
  });

  test('let files of other folders be read', async () => {
    const files = {
      ...withOptions('--load-restrictor LoadRestrictionsNone'),
      'web/kustomization.yaml': 'resources: [../shared.yaml]\n',
      'shared.yaml': configMap('shared'),
    };

    expect(await told(files)).toEqual(['shared']);
  });

  test('that are not followed here are named', async () => {
    expect(await told(withOptions('--enable-helm --enable-alpha-plugins'))).toEqual([
      'r',
      'argocd-differs kustomize.buildOptions of Argo CD have --enable-alpha-plugins, which is not done here.',
    ]);
  });
});

test('files of the Git generator are named as the controller is told to', async () => {
  const set = `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: web, namespace: argocd}
spec:
  generators: [git: {repoURL: "${ownUrl}", revision: HEAD, files: [{path: "envs/*/c.json"}]}]
  template:
    metadata: {name: "web-{{name}}"}
    spec:
      project: default
      source: {repoURL: "${ownUrl}", targetRevision: main, path: web}
      destination: {server: "https://kubernetes.default.svc", namespace: shop}
`;
  const files: Files = {
    'sets/web.yaml': set,
    'web/cm.yaml': configMap('web'),
    'envs/a/c.json': '{"name": "a"}',
    'envs/a/deep/c.json': '{"name": "deep"}',
  };
  const namesOf = async () => {
    const { applications } = await affectedOf({ base: {}, head: files, origin: origin() }, world);
    return applications.map(({ name }) => name).filter((name) => name.startsWith('web-'));
  };

  expect(await namesOf()).toEqual(['web-a', 'web-deep']);
  knowledge = {
    ...nothingKnown,
    parameters: known({ 'applicationsetcontroller.enable.new.git.file.globbing': 'true' }),
  };
  expect(await namesOf()).toEqual(['web-a']);
});

test('a global project is laid over those its labels choose', async () => {
  const globals = '[{projectName: base, labelSelector: {matchLabels: {tier: shop}}}]';
  const anything = { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }] };
  const projects = new Map([
    ['shop', { labels: { tier: 'shop' }, spec: { ...anything, sourceRepos: [] } }],
    ['other', { labels: {}, spec: { ...anything, sourceRepos: [] } }],
    ['base', { labels: { tier: 'shop' }, spec: { sourceRepos: ['*'] } }],
  ]);
  knowledge = {
    ...nothingKnown,
    settings: known({ globalProjects: globals }),
    projects: { kind: 'known', value: projects },
  };
  const refused = async (project: string) => {
    const head = { ...app, 'apps/web.yaml': app['apps/web.yaml']?.replace('default', project) ?? '' };
    return (await affectedOf({ base: {}, head, origin: origin() }, world)).findings.map(({ rule }) => rule);
  };

  expect(await refused('shop')).toEqual([]);
  expect(await refused('other')).toEqual(['argocd-project']);
});
