import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import { isThisRepository } from '../../../src/formats/repository-url.ts';
import { generateApplications } from '../../../src/gitops/declare/argocd-set.ts';
import type { ArgoWorld } from '../../../src/gitops/declare/argocd-world.ts';
import { type KnownCluster, knownOf } from '../../../src/model/argocd-knowledge.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickText } from '../../../src/model/json.ts';
import { createKnowledge } from '../../../src/world/argocd/knowledge.ts';
import { createClusters } from '../../../src/world/cluster/kubernetes/access/clusters.ts';
import { noProxies } from '../../../src/world/cluster/kubernetes/dispatcher.ts';
import { type SetController, useSetController } from '../../control-plane/argocd/set-controller.ts';
import { type ServedRepository, serveRepository } from '../../engines/argocd/git-server.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { controllerCases, controllerClusters, controllerFiles } from './argocd-controller-cases.ts';
import { objectsOf, signal, testGoTemplates, testWorld } from './argocd-support.ts';

let controller: SetController;
let repository: ServedRepository;
let clusters: readonly KnownCluster[] | null;
const goTemplates = testGoTemplates();

beforeAll(async () => {
  controller = await useSetController();
  repository = await serveRepository();
  repository.commit(controllerFiles);
  const { plane, namespace } = controller;
  const items = controllerClusters.map(({ name, server, labels, annotations }, index) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: `cluster-${index}`,
      namespace,
      labels: { ...labels, 'argocd.argoproj.io/secret-type': 'cluster' },
      annotations,
    },
    stringData: { name, server, config: '{}' },
  }));
  await plane.kubectl(['apply', '-f', '-'], { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
  clusters = await readClusters();
}, 900_000);

afterAll(async () => {
  await goTemplates.close();
  await repository?.close();
});

describe("generated Applications equal those of Argo CD's own controller", () => {
  test.each(
    controllerCases.map(({ name, spec }, index) => [name, spec, `c${String(index).padStart(2, '0')}`] as const),
  )(
    '%s',
    async (_name, spec, id) => {
      const text = setOf(id, spec);

      const ours = await generateHere(text);
      const theirs = await generateThere(id, text);

      expect(ours).toEqual(theirs);
    },
    60_000,
  );
});

test('cluster Secrets are read as they were written, with nothing of how the clusters are reached', () => {
  expect(clusters).toEqual(
    controllerClusters.map(({ labels, annotations, ...cluster }) => ({
      ...cluster,
      labels: { ...labels, 'argocd.argoproj.io/secret-type': 'cluster' },
      annotations: { ...annotations, 'kubectl.kubernetes.io/last-applied-configuration': '' },
    })),
  );
});

/** As the server reads them. */
async function readClusters(): Promise<readonly KnownCluster[] | null> {
  const { plane, namespace } = controller;
  const access = { entries: new Map(), proxies: noProxies, podServer: null, untrusted: [], insecure: [] };
  const redactor = createRedactor({ key: new Uint8Array(32) });
  const reached = createClusters({ ...access, kubeconfig: { paths: [plane.kubeconfig] } }, redactor);
  const home = { cluster: plane.context, namespace };
  const knowledge = await createKnowledge({ home, store: reached.secrets, now: () => new Date() })();
  await reached.close();
  return knownOf(knowledge.clusters);
}

function setOf(id: string, spec: string): string {
  const lines = spec
    .replaceAll('REPO', repository.url)
    .replaceAll('ID', id)
    .replaceAll(/^(?=.)/gm, '  ');
  return `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: ${id}, namespace: ${controller.namespace}}
spec:
${lines}`;
}

async function generateHere(text: string): Promise<Json> {
  const tree = memoryTree(controllerFiles);
  const treeOf: ArgoWorld['treeOf'] = async ({ url }) => (isThisRepository(url, [repository.url]) ? tree : null);
  const world = {
    ...testWorld({}, { clusters, goTemplates, controllerNamespace: controller.namespace }),
    ...{ treeOf, fetchTree: treeOf },
  };
  const [set] = objectsOf(text);
  if (set?.source === undefined || set.source === null) throw new Error('no set');
  const { documents, findings } = await generateApplications({ ...set, source: set.source }, world, signal);
  if (documents === null || findings.length > 0) return 'refused';
  return sorted(documents.map(({ object }) => object));
}

/** What the controller makes of a set: its Applications, or that it refuses it. */
async function generateThere(id: string, text: string): Promise<Json> {
  const { plane, namespace } = controller;
  await plane.kubectl(['apply', '--server-side', '-f', '-'], { input: text });
  const set = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/applicationsets/${id}`;
  for (const end = Date.now() + 45_000; Date.now() < end; await delay(100)) {
    const conditions = pick(JSON.parse((await plane.request('GET', set)).text), 'status', 'conditions');
    const holding = (isJsonList(conditions) ? conditions : []).filter((one) => pickText(one, 'status') === 'True');
    const holds = (type: string) => holding.some((one) => pickText(one, 'type') === type);
    if (holds('ErrorOccurred')) return 'refused';
    if (holds('ResourcesUpToDate')) return sorted(await applicationsOf(id));
  }
  throw new Error(`the controller did not finish ${id}`);
}

async function applicationsOf(id: string): Promise<readonly JsonObject[]> {
  const { plane, namespace } = controller;
  const path = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/applications`;
  const items = pick(JSON.parse((await plane.request('GET', path)).text), 'items');
  const all = isJsonList(items) ? items.filter(isJsonObject) : [];
  return all.filter((one) => {
    const owners = pick(one, 'metadata', 'ownerReferences');
    return isJsonList(owners) && owners.some((owner) => pickText(owner, 'name') === id);
  });
}

/** By name; without what is empty, which Go leaves out, and what the API server adds. */
function sorted(applications: readonly JsonObject[]): Json {
  return applications
    .map((one) => {
      const kept = ['name', 'labels', 'annotations', 'finalizers'];
      const metadata = Object.fromEntries(kept.map((key) => [key, pick(one, 'metadata', key) ?? null]));
      return withoutEmpty({ metadata, spec: one['spec'] ?? {} });
    })
    .toSorted((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));
}

function withoutEmpty(value: Json): Json {
  if (isJsonList(value)) return value.map(withoutEmpty);
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).map(([key, item]) => [key, withoutEmpty(item)] as const);
  return Object.fromEntries(
    kept
      .filter(([, item]) => !(item === null || item === '' || item === false))
      .filter(([, item]) => typeof item !== 'object' || item === null || Object.keys(item).length > 0)
      .toSorted(([left], [right]) => (left < right ? -1 : 1)),
  );
}
