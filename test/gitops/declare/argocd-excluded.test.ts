import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readResourceFilter } from '../../../src/formats/argocd/resource-filter.ts';
import { parseYaml } from '../../../src/gitops/declare/argocd-reading.ts';
import { isJsonList, pick, pickText } from '../../../src/model/json.ts';
import { type ArgoCd, useArgoCd } from '../../control-plane/argocd/argocd.ts';
import { resourceExclusions } from '../../control-plane/argocd/settings.ts';
import { type ServedRepository, serveRepository } from '../../engines/argocd/git-server.ts';

const server = 'https://kubernetes.default.svc';
const kinds = [
  { group: '', version: 'v1', kind: 'ConfigMap' },
  { group: 'coordination.k8s.io', version: 'v1', kind: 'Lease' },
  { group: 'node.k8s.io', version: 'v1', kind: 'RuntimeClass', more: 'handler: none\n' },
];

let argo: ArgoCd;
let repository: ServedRepository;

beforeAll(async () => {
  argo = await useArgoCd();
  repository = await serveRepository();
}, 900_000);
afterAll(() => repository?.close());

/** What Argo CD says it leaves out of an Application of these kinds. */
async function excludedThere(): Promise<readonly string[]> {
  const { plane, namespace } = argo;
  const text = kinds.map(({ group, version, kind, more = '' }) => {
    return `apiVersion: ${group === '' ? version : `${group}/${version}`}\nkind: ${kind}\nmetadata: {name: excluded}\n${more}`;
  });
  const targetRevision = repository.commit({ 'web/all.yaml': text.join('---\n') });
  const application = {
    ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name: 'excluded', namespace } },
    spec: {
      project: 'default',
      source: { repoURL: repository.url, targetRevision, path: 'web' },
      destination: { server, namespace: 'default' },
    },
  };
  await plane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(application) });
  const path = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/applications/excluded`;
  for (const end = Date.now() + 60_000; Date.now() < end; await delay(100)) {
    const status = pick(JSON.parse((await plane.request('GET', path)).text), 'status');
    const conditions = pick(status, 'conditions');
    if (pickText(status, 'sync', 'status') === undefined || !isJsonList(conditions)) continue;
    return conditions
      .filter((one) => pickText(one, 'type') === 'ExcludedResourceWarning')
      .map(
        (one) =>
          /^Resource (\S*)\/(\S+) /
            .exec(pickText(one, 'message') ?? '')
            ?.slice(1)
            .join('/') ?? '',
      )
      .toSorted();
  }
  throw new Error('Argo CD does not compare the application');
}

test('kinds that are left out are those that Argo CD itself warns of', async () => {
  const filter = readResourceFilter(parseYaml(resourceExclusions), null);
  const here = kinds.filter((one) => filter.excludes(one, server) === true);

  const there = await excludedThere();

  expect(here.map(({ group, kind }) => `${group}/${kind}`)).toEqual(there);
  expect(there).toEqual(['coordination.k8s.io/Lease', 'node.k8s.io/RuntimeClass']);
}, 120_000);
