import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pickText } from '../../../src/model/json.ts';
import {
  affectedOf,
  configMap,
  type DeclaredWorld,
  kustomization,
  linesOf,
  openDeclaredWorld,
  renderedOf,
} from './declared-support.ts';

let world: DeclaredWorld;

beforeAll(() => {
  world = openDeclaredWorld();
});
afterAll(() => world.close());

const vars = configMap('vars', '{domain: example.com}', ', namespace: flux-system');
const secretVars =
  'apiVersion: v1\nkind: Secret\nmetadata: {name: keys, namespace: flux-system}\nstringData: {KEY: hunter2222}\n';
const from = '  postBuild:\n    substitute: {cluster: CLUSTER}\n    substituteFrom: [{kind: ConfigMap, name: vars}]\n';

function clusterOf(name: string): Readonly<Record<string, string>> {
  return {
    [`clusters/${name}/flux-system/gotk-sync.yaml`]: kustomization('flux-system', `./clusters/${name}`),
    [`clusters/${name}/apps.yaml`]: kustomization('apps', './apps', from.replace('CLUSTER', name)),
    [`clusters/${name}/vars.yaml`]: vars,
  };
}

const fleet = {
  ...clusterOf('prod'),
  ...clusterOf('staging'),
  'apps/web.yaml': configMap('web', `{host: "\${cluster}.\${domain}"}`, ', namespace: shop'),
};

describe('applications of Flux', () => {
  test('are those of each cluster, rendered with its variables', async () => {
    const { applications } = await affectedOf({ base: fleet, head: fleet }, world);

    expect(applications.map(({ name, environment }) => `${name}@${environment}`)).toEqual([
      'apps@prod',
      'apps@staging',
      'flux-system@prod',
      'flux-system@staging',
    ]);
    const { resources } = await renderedOf(fleet, 'apps@staging', world);
    expect(resources.map(({ object }) => pickText(object, 'data', 'host'))).toEqual(['staging.example.com']);
  });

  test('a variable without a value is a fault where its controller is set up so', async () => {
    const gate =
      'resources: [gotk-sync.yaml]\npatches:\n- target: {kind: Deployment, name: kustomize-controller}\n  patch: |\n' +
      '    - {op: add, path: /a, value: "--feature-gates=A=true,StrictPostBuildSubstitutions=true"}\n';
    const open = {
      ...fleet,
      'apps/web.yaml': configMap('web', `{host: "\${cluster}.\${unset}"}`, ', namespace: shop'),
    };
    const strict = { ...open, 'clusters/prod/flux-system/kustomization.yaml': gate };
    const commented = { ...open, 'clusters/prod/flux-system/kustomization.yaml': gate.replace('    - {', '    # {') };

    const hostsOf = async (files: Readonly<Record<string, string>>, name: string) =>
      (await renderedOf(files, name, world)).resources.map(({ object }) => pickText(object, 'data', 'host'));
    expect(await hostsOf(open, 'apps@prod')).toEqual(['prod.']);
    expect(await hostsOf(commented, 'apps@prod')).toEqual(['prod.']);
    expect(await hostsOf(strict, 'apps@staging')).toEqual(['staging.']);
    await expect(hostsOf(strict, 'apps@prod')).rejects.toMatchObject({
      code: 'render-failed',
      message: expect.stringContaining('unset'),
    });
  });

  test('a variable that changes reaches what uses it', async () => {
    const head = { ...fleet, 'clusters/prod/vars.yaml': vars.replace('example.com', 'example.org') };

    expect(linesOf(await affectedOf({ base: fleet, head }, world))).toEqual([
      'apps@prod: declaration',
      'flux-system@prod: own clusters/prod/vars.yaml',
    ]);
  });

  test('values from Secrets are hidden, whether they are known or not', async () => {
    const known = {
      ...fleet,
      'clusters/prod/keys.yaml': secretVars,
      'clusters/prod/apps.yaml':
        clusterOf('prod')['clusters/prod/apps.yaml']?.replace(
          'name: vars}',
          'name: vars}, {kind: Secret, name: keys}',
        ) ?? '',
      'apps/web.yaml': configMap('web', `{host: "\${domain}", key: "x-\${KEY}"}`, ', namespace: shop'),
    };
    const { 'clusters/prod/keys.yaml': _, ...unknown } = known;

    for (const files of [known, unknown]) {
      const { resources } = await renderedOf(files, 'apps@prod', world);
      expect(resources.map(({ hidden }) => hidden)).toEqual([['/data/key']]);
      expect(resources.map(({ object }) => pickText(object, 'data', 'host'))).toEqual(['example.com']);
    }
    const { resources } = await renderedOf(unknown, 'apps@prod', world);
    expect(JSON.stringify(resources)).not.toContain('hunter2222');
  });

  test('a release is rendered with its values, its post-renderers, and a chart of this repository', async () => {
    const release = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: api, namespace: shop}
spec:
  interval: 1h
  chart: {spec: {chart: ./charts/api, sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}}}
  values: {color: blue}
  valuesFrom: [{kind: Secret, name: api-values}]
  postRenderers: [{kustomize: {patches: [{target: {kind: ConfigMap}, patch: '[{"op": "add", "path": "/data/patched", "value": "yes"}]'}]}}]
`;
    const secret =
      'apiVersion: v1\nkind: Secret\nmetadata: {name: api-values, namespace: shop}\nstringData: {values.yaml: "password: hunter2222"}\n';
    const files = {
      ...fleet,
      'apps/release.yaml': release,
      'apps/secret.yaml': secret,
      'charts/api/Chart.yaml': 'apiVersion: v2\nname: api\nversion: 1.0.0\n',
      'charts/api/templates/cm.yaml': configMap(
        '{{ .Release.Name }}',
        '{color: {{ .Values.color }}, password: "{{ .Values.password }}"}',
      ),
    };
    const { resources } = await renderedOf(files, 'api@prod', world);

    expect(
      resources.map(({ object, hidden, source, id }) => [
        id.namespace,
        pickText(object, 'data', 'color'),
        pickText(object, 'data', 'patched'),
        hidden,
        source?.file,
      ]),
    ).toEqual([['shop', 'blue', 'yes', ['/data/password'], 'charts/api/templates/cm.yaml']]);
    const chart = { ...files, 'charts/api/templates/cm.yaml': configMap('other') };
    expect(linesOf(await affectedOf({ base: files, head: chart }, world))).toEqual([
      'api@prod: chart charts/api/templates/cm.yaml',
      'api@staging: chart charts/api/templates/cm.yaml',
    ]);
  });

  test('what stands below a Kustomization that cannot be built is not taken for removed', async () => {
    const base = {
      ...fleet,
      'apps/kustomization.yaml': 'resources: [web.yaml, more.yaml]\n',
      'apps/more.yaml': kustomization('more', './more'),
      'more/cm.yaml': configMap('more', '{}', ', namespace: shop'),
    };
    const head = { ...base, 'apps/kustomization.yaml': 'resources: [web.yaml, more.yaml, none.yaml]\n' };
    const affected = await affectedOf({ base, head }, world);

    expect(linesOf(affected)).toEqual([
      'apps@prod: own apps/kustomization.yaml',
      'apps@staging: own apps/kustomization.yaml',
    ]);
    expect(affected.incomplete).toBe('what Kustomization flux-system/apps deploys cannot be told');
  });
});
