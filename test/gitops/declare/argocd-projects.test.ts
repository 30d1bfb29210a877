import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { permitsDestination } from '../../../src/formats/argocd/project.ts';
import { placeOf } from '../../../src/gitops/declare/argocd-destination.ts';
import type { KnownCluster } from '../../../src/model/argocd-knowledge.ts';
import type { Destination } from '../../../src/model/declared.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { type ArgoCdApi, useArgoCdApi } from '../../control-plane/argocd/api-server.ts';
import { useControlPlane } from '../../control-plane/control-plane.ts';
import { cluster } from './argocd-support.ts';

const own = 'https://kubernetes.default.svc';
const prod = 'https://127.0.0.1:1/prod';
const any = { server: '*', namespace: '*' };

/** What projects permit, the first with the id p0. */
const projects: readonly (readonly [string, readonly JsonObject[]])[] = [
  ['all', [any]],
  ['nothing', []],
  ['all but a namespace', [any, { server: '*', namespace: '!shop' }]],
  ['a denied namespace alone', [{ server: '*', namespace: '!shop' }]],
  ['a denied namespace of one server', [any, { server: prod, namespace: '!shop' }]],
  ['all but a server', [any, { server: `!${prod}`, namespace: '*' }]],
  ['all but a server in one namespace', [any, { server: `!${own}`, namespace: 'shop' }]],
  ['all but a cluster by name', [any, { name: '!prod', namespace: '*' }]],
  ['all but a cluster by name, for another namespace', [any, { name: '!prod', namespace: 'nowhere' }]],
  ['clusters by name', [{ name: 'pr*', namespace: 'sh*' }]],
  ['a denial before what permits', [{ name: '!in-*', namespace: '*' }, any]],
  ['a namespace denied by the name of its cluster', [any, { name: 'prod', namespace: '!shop' }]],
];

const destinations: readonly Destination[] = [
  { server: own, cluster: null, namespace: 'shop' },
  { server: null, cluster: 'in-cluster', namespace: 'other' },
  { server: null, cluster: 'prod', namespace: 'shop' },
  { server: `${prod}/`, cluster: null, namespace: 'other' },
];

const known: readonly KnownCluster[] = [{ ...cluster('prod'), server: prod }];

let api: ArgoCdApi;

beforeAll(async () => {
  api = await useArgoCdApi();
  const { namespace } = api;
  const plane = await useControlPlane({ workloads: true });
  const items = projects.map(([, permitted], index) => ({
    ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', metadata: { name: `p${index}`, namespace } },
    spec: { sourceRepos: ['*'], destinations: permitted },
  }));
  const labels = { 'argocd.argoproj.io/secret-type': 'cluster' };
  const secret = {
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'cluster-prod', namespace, labels } },
    stringData: { name: 'prod', server: prod, config: '{}' },
  };
  const list = { apiVersion: 'v1', kind: 'List', items: [...items, secret] };
  await plane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(list) });
}, 900_000);

/** Whether Argo CD takes an Application; asked again until it has seen what was applied. */
async function permitsThere(name: string, project: string, destination: Destination): Promise<boolean> {
  const { server, cluster: named, namespace } = destination;
  const source = { repoURL: 'https://git.example.com/acme/fleet', path: 'web', targetRevision: 'HEAD' };
  const spec = { project, source, destination: { ...(server === null ? { name: named } : { server }), namespace } };
  for (const end = Date.now() + 30_000; Date.now() < end; await delay(100)) {
    const message = await api.refusalOf({ name, spec });
    if (message === null) return true;
    if (message.includes('do not match any of the allowed destinations')) return false;
  }
  throw new Error(`Argo CD does not judge ${name}`);
}

describe("destinations that a project permits are those of Argo CD's own API", () => {
  test.each(projects.map(([title, permitted], index) => [title, permitted, `p${index}`] as const))(
    '%s',
    async (_title, permitted, project) => {
      const here: (boolean | null)[] = [];
      const there: boolean[] = [];

      for (const [index, destination] of destinations.entries()) {
        const place = placeOf(destination, { kind: 'known', value: known });
        const to = { server: null, name: null, ...place, namespace: destination.namespace ?? '' };
        here.push(permitsDestination({ destinations: permitted }, to));
        there.push(await permitsThere(`${project}-${index}`, project, destination));
      }

      expect(here).toEqual(there);
    },
    60_000,
  );
});
