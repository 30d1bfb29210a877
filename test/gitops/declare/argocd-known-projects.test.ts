import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type ArgoCdKnowledge, nothingKnown } from '../../../src/model/argocd-knowledge.ts';
import { clustersForApplication } from '../../../src/model/cluster-map.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { cluster } from './argocd-support.ts';
import { affectedOf, argoApp, configMap, openDeclaredWorld, ownUrl, renderedOf, sourceOf } from './declared-support.ts';

let knowledge: ArgoCdKnowledge;
const world = openDeclaredWorld(async () => knowledge);

beforeEach(() => {
  knowledge = knowing({});
});
afterAll(() => world.close());

/** An Argo CD with a cluster and these projects beside its own. */
function knowing(projects: Readonly<Record<string, JsonObject>>): ArgoCdKnowledge {
  const specs = Object.entries({ default: anything, ...projects });
  return {
    ...nothingKnown,
    settings: { kind: 'known', value: {} },
    clusters: { kind: 'known', value: [{ ...cluster('prod'), project: 'shop' }, cluster('dev')] },
    projects: { kind: 'known', value: new Map(specs.map(([name, spec]) => [name, { labels: {}, spec }])) },
  };
}

const anything = { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }] };
const app = (project: string, server = 'https://prod.example') => ({
  'apps/web.yaml': argoApp('web', sourceOf('web'))
    .replace('project: default', `project: ${project}`)
    .replace('https://kubernetes.default.svc', server),
  'web/cm.yaml': configMap('web'),
});

async function findingsOf(head: Readonly<Record<string, string>>) {
  const origin = { own: { urls: [ownUrl], branch: 'main', defaultBranch: 'main' } };
  const { findings } = await affectedOf({ base: {}, head, origin }, world);
  return findings.map(({ rule, severity, file, message }) => [rule, severity, file, message]);
}

describe('a project that Argo CD has', () => {
  test('holds for what belongs to it', async () => {
    knowledge = knowing({ shop: { ...anything, destinations: [{ name: 'dev', namespace: '*' }] } });

    expect(await findingsOf(app('shop'))).toEqual([
      [
        'argocd-project',
        'block',
        'apps/web.yaml',
        'Application web: the project shop does not permit the destination https://prod.example shop, so Argo CD syncs nothing of it.',
      ],
    ]);
    expect(await findingsOf(app('shop', 'https://dev.example'))).toEqual([]);
  });

  test('gives way to the one in the repository', async () => {
    knowledge = knowing({ shop: {} });
    const project = `apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: shop, namespace: argocd}\nspec: {sourceRepos: ["*"], destinations: [{server: "*", namespace: "*"}]}\n`;

    expect(await findingsOf({ ...app('shop'), 'projects/shop.yaml': project })).toEqual([]);
  });

  test('judges the objects by the names of their cluster too', async () => {
    knowledge = knowing({
      shop: {
        ...anything,
        destinations: [
          { name: '*', namespace: 'shop' },
          { name: '!prod', namespace: 'kube-system' },
        ],
      },
    });
    const files = { ...app('shop'), 'web/cm.yaml': configMap('web', '{a: b}', ', namespace: other') };

    const { findings } = await renderedOf(files, 'web', world);

    expect(findings).toMatchObject([{ rule: 'argocd-project', file: 'web/cm.yaml', line: 1 }]);
  });

  test('may permit clusters of its own only', async () => {
    const scoped = { ...anything, permitOnlyProjectScopedClusters: true };
    knowledge = knowing({ shop: scoped, other: scoped });

    expect(await findingsOf(app('shop'))).toEqual([]);
    expect(await findingsOf(app('other'))).toEqual([
      [
        'argocd-project',
        'block',
        'apps/web.yaml',
        expect.stringContaining('other does not permit the destination https://prod.example shop'),
      ],
    ]);
  });
});

describe('a project that is nowhere', () => {
  test('is told', async () => {
    expect(await findingsOf(app('shop'))).toEqual([
      [
        'argocd-project',
        'block',
        'apps/web.yaml',
        'Application web: there is no project shop, neither in the repository nor in Argo CD, so Argo CD syncs nothing of it.',
      ],
    ]);
  });

  test('may be made by a chart of the repository', async () => {
    const chart = {
      'charts/p/Chart.yaml': 'apiVersion: v2\nname: p\nversion: 1.0.0\n',
      'charts/p/templates/p.yaml':
        'apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: "{{ .Release.Name }}"}\n',
    };

    expect(await findingsOf({ ...app('shop'), ...chart })).toEqual([]);
  });

  test('cannot be told of where projects may not be read, and the right that is missing is named', async () => {
    const projects = { kind: 'unknown', why: 'hub may not list appprojects', remedy: 'Grant it.' } as const;
    knowledge = { ...knowing({}), projects };

    expect(await findingsOf(app('shop'))).toEqual([
      [
        'argocd-incomplete',
        'caution',
        'apps/web.yaml',
        'Application web: what its project shop permits cannot be told, as hub may not list appprojects',
      ],
    ]);
  });
});

test('a destination by address is the cluster that Argo CD calls so', async () => {
  const origin = { own: { urls: [ownUrl], branch: 'main', defaultBranch: 'main' } };
  const { applications } = await affectedOf({ base: {}, head: app('default', 'https://dev.example/'), origin }, world);
  const map = { mode: 'live', bare: null, byEnvironment: new Map([['staging', ['prod', 'dev']]]) } as const;

  expect(applications.filter(({ name }) => name === 'web').map((one) => clustersForApplication(map, one))).toEqual([
    ['dev'],
  ]);
});
