import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stringifyJson } from '../../../src/formats/json.ts';
import { cleanDesired } from '../../../src/gitops/diff/clean-desired.ts';
import { createDecoder } from '../../../src/gitops/render/decoder.ts';
import { createHelmRenderer } from '../../../src/gitops/render/helm.ts';
import { createKustomizeRenderer } from '../../../src/gitops/render/kustomize.ts';
import { BorderError } from '../../../src/model/error.ts';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import type { Resource } from '../../../src/model/resource.ts';
import { startControlPlane } from '../../control-plane/control-plane.ts';
import { goodCases } from '../../gitops/render/helm-cases.ts';
import { chartFiles } from '../../gitops/render/helm-charts.ts';
import { applicationAt, calm, testDependencies, testInputs } from '../../gitops/render/support.ts';
import { folderTree, memoryTree } from '../../support/memory-tree.ts';
import { type ControllerStage, openControllerStage } from '../controller-stage.ts';
import { manager, openStage, type Stage, told } from './stage.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/kustomize');
const demo = join(import.meta.dirname, '../../../src/cli/demo/repository/base');
const decoder = createDecoder(30_000);
const kustomize = createKustomizeRenderer(testDependencies());
const helm = createHelmRenderer(testDependencies(), decoder);

/** Of its own: what the fixtures define is defined otherwise by other tests. */
let plane: Awaited<ReturnType<typeof startControlPlane>>;
let stage: Stage;
let argocd: ControllerStage;

beforeAll(async () => {
  plane = await startControlPlane({ dir: join(mkdtempSync(join(tmpdir(), 'fairlead-after-apply-')), 'plane') });
  stage = await openStage(plane.kubeconfig, plane.context);
  argocd = await openControllerStage('argocd', plane);
}, 300_000);

afterAll(async () => {
  await Promise.all([stage?.cluster.close(), argocd?.close(), kustomize.close(), helm.close(), decoder.close()]);
  await plane?.stop();
});

/** Objects in a namespace of their own, and cluster-scoped ones under names of their own. */
async function moved(resources: readonly Resource[]): Promise<readonly Resource[]> {
  const namespace = await plane.namespace();
  return resources.map((resource) => {
    const { id, object } = resource;
    const metadata = object['metadata'] as JsonObject; // whatever was rendered has a name
    const isInside = id.namespace !== null;
    const name = isInside || id.kind === 'CustomResourceDefinition' ? id.name : `${namespace}-${id.name}`;
    const place = isInside ? { namespace } : {};
    const next = { ...object, metadata: { ...metadata, name, ...place } };
    return { ...resource, id: { ...id, name, namespace: isInside ? namespace : null }, object: next };
  });
}

/** Applies what the server takes; of what it refuses the kind, so that nothing is left out in silence. */
async function apply(resources: readonly Resource[]) {
  const options = { manager, force: true, dryRun: false, validation: 'Strict', as: null } as const;
  const taken: Resource[] = [];
  const refused: string[] = [];
  for (const resource of resources) {
    try {
      await stage.cluster.write(cleanDesired(resource.object), options, calm);
      taken.push(resource);
    } catch (error) {
      if (!(error instanceof BorderError)) throw error;
      refused.push(`${resource.id.kind}: ${error.message}`);
    }
  }
  return { taken, refused };
}

async function reviewed(rendered: readonly Resource[]) {
  const { taken, refused } = await apply(await moved(rendered));
  const same = await stage.predict(taken, taken);
  const anew = await stage.predict(taken, []);
  applied += taken.length;
  left.push(...refused);
  const changes = [...told(same), ...told(anew).filter((line) => !isNameless(line, taken))];
  return { changes, error: same.error, byClient: await reviewedByClient(taken) };
}

/** Groups of the API server itself: others come and go with the definitions of the fixtures. */
const builtIn = /^$|^(?:apps|batch|autoscaling|policy)$|\.k8s\.io$/;

/** The same as Argo CD has it by default: written by the client, and reviewed the same way. */
async function reviewedByClient(resources: readonly Resource[]): Promise<readonly string[]> {
  const own = resources.filter(({ id }) => builtIn.test(id.group) && id.kind !== 'CustomResourceDefinition');
  const all = await moved(own);
  const input = stringifyJson({ apiVersion: 'v1', kind: 'List', items: all.map(({ object }) => object) });
  const flags = ['--field-manager=argocd-controller', '--validate=false'];
  if (all.length > 0) await argocd.plane.kubectl(['apply', ...flags, '-f', '-'], { input });
  const { told: seen, error } = await argocd.predict({ base: all, head: all });
  return error === null ? seen : [...seen, error];
}

/** Of an object of which Git says the name only nothing tells afterwards that Fairlead applied it. */
function isNameless(line: string, taken: readonly Resource[]): boolean {
  const said = ({ object }: Resource): readonly string[] => {
    const { metadata, ...rest } = cleanDesired(object);
    return [...Object.keys(rest), ...Object.keys(isJsonObject(metadata) ? metadata : {})];
  };
  const names = taken.filter((one) =>
    said(one).every((key) => ['apiVersion', 'kind', 'name', 'namespace'].includes(key)),
  );
  return names.some(({ id }) => line === `pull adopt ${id.kind} ${id.name}`);
}

const overlays = readdirSync(fixtures).flatMap((name) => {
  const roots = ['prod', 'again'].filter((root) => existsSync(join(fixtures, name, root)));
  return (roots.length > 0 ? roots : ['']).map((root) => [name, root] as const);
});

const nothing = { changes: [], error: null, byClient: [] };
let applied = 0;
const left: string[] = [];

describe('zero changes after it was applied', () => {
  test.each(overlays)('the kustomization %s %s', async (name, root) => {
    const tree = folderTree(join(fixtures, name));
    const { resources } = await kustomize.render(applicationAt(root, 'kustomize'), tree, testInputs, calm);

    expect(await reviewed(resources)).toEqual(nothing);
  });

  test.each(goodCases.map((one) => [one.title, one] as const))(
    'the chart: %s',
    async (_, { chart, values, inputs }) => {
      const application = { ...applicationAt(chart, 'helm'), valuesFiles: values ?? [] };
      const tree = memoryTree(await chartFiles());
      const { resources } = await helm.render(application, tree, { ...testInputs, ...inputs }, calm);

      expect(resources.length).toBeGreaterThan(0);
      expect(await reviewed(resources)).toEqual(nothing);
    },
  );

  test.each([
    ['apps/checkout/overlays/prod', 'kustomize'],
    ['apps/checkout/overlays/staging', 'kustomize'],
    ['charts/orders', 'helm'],
  ] as const)('the demo: %s', async (root, renderer) => {
    const render = renderer === 'helm' ? helm : kustomize;
    const valuesFiles = renderer === 'helm' ? [`${root}/values-prod.yaml`] : [];
    const application = { ...applicationAt(root, renderer), valuesFiles };
    const { resources } = await render.render(application, folderTree(demo), testInputs, calm);

    expect(resources.length).toBeGreaterThan(0);
    expect(await reviewed(resources)).toEqual(nothing);
  });

  test('most of what the fixtures hold was applied', () => {
    expect(applied).toBeGreaterThan(300);
    // Charts and overlays that show what renderers do with odd values; the server takes none of those.
    const odd =
      /Required value|Unsupported value|not declared in schema|expected string|does not serve|must be specified|storage version/;
    expect(left.filter((message) => !odd.test(message))).toEqual([]);
  });
});
