import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import { isThisRepository } from '../../../src/formats/repository-url.ts';
import { generateApplications } from '../../../src/gitops/declare/argocd-set.ts';
import type { ArgoWorld } from '../../../src/gitops/declare/argocd-world.ts';
import { type KnownCluster, knownOf } from '../../../src/model/argocd-knowledge.ts';
import type { Json } from '../../../src/model/json.ts';
import { createKnowledge } from '../../../src/world/argocd/knowledge.ts';
import { createClusters } from '../../../src/world/cluster/kubernetes/access/clusters.ts';
import { noProxies } from '../../../src/world/cluster/kubernetes/dispatcher.ts';
import { type SetController, useSetController } from '../../control-plane/argocd/set-controller.ts';
import { type ServedRepository, serveRepository } from '../../engines/argocd/git-server.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { controllerCases, controllerClusters, controllerFiles } from './argocd-controller-cases.ts';
import { clusterSecrets, generateThere, sorted } from './argocd-controller-support.ts';
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
  const items = clusterSecrets(namespace);
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
      const theirs = await generateThere(controller, id, text);

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
