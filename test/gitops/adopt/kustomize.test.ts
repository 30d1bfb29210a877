import { afterAll, describe, expect, test } from '@jest/globals';
import { setAt } from '../../../src/gitops/adopt/value-at.ts';
import { createKustomizeRenderer } from '../../../src/gitops/render/kustomize.ts';
import { parsePath } from '../../../src/model/path.ts';
import type { Resource } from '../../../src/model/resource.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { testDependencies, testInputs } from '../render/support.ts';
import { adopt, applicationOf, never, textsOf } from './support.ts';

const renderer = createKustomizeRenderer(testDependencies());
afterAll(() => renderer.close());

type Files = Readonly<Record<string, string>>;

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  minReadySeconds: 5 # calm
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: ghcr.io/acme/web:1.0
        - name: side
          image: ghcr.io/acme/side:1.0
`;
const base = { 'base/kustomization.yaml': 'resources: [web.yaml]\n', 'base/web.yaml': deployment };
const image = 'spec.template.spec.containers[name=web].image';

async function render(files: Files): Promise<readonly Resource[]> {
  const application = applicationOf('kustomize', 'prod', files);
  return (await renderer.render(application, memoryTree(files), testInputs, never)).resources;
}

/** Adopts into the Deployment that the kustomization at `prod` gives. */
async function adoptInto(files: Files, path: string, live: string | null): Promise<Files | string> {
  const resource = (await render(files)).find(({ id }) => id.kind === 'Deployment');
  if (resource === undefined) throw new Error('a Deployment');
  return textsOf(await adopt(files, applicationOf('kustomize', 'prod', files), resource, { [path]: live }));
}

describe('rendering gives the live value and changes nothing else', () => {
  const overlay = 'resources: [../base] # ours\n';
  test.each([
    [
      'a tag, by a new images list',
      overlay,
      image,
      'ghcr.io/acme/web:1.10',
      `${overlay}images:\n  - name: ghcr.io/acme/web\n    newTag: "1.10"\n`,
    ],
    [
      'a tag, by the entry there is',
      `${overlay}images:\n- name: ghcr.io/acme/web   # bumped\n  newTag: v1\n`,
      image,
      'ghcr.io/acme/web:v2',
      `${overlay}images:\n- name: ghcr.io/acme/web   # bumped\n  newTag: v2\n`,
    ],
    [
      'a tag, by an entry more',
      `${overlay}images:\n- name: ghcr.io/acme/side\n  newTag: v1\n`,
      image,
      'ghcr.io/acme/web:v2',
      `${overlay}images:\n- name: ghcr.io/acme/side\n  newTag: v1\n- name: ghcr.io/acme/web\n  newTag: v2\n`,
    ],
    [
      'another repository and a digest',
      `${overlay}images:\n  - name: ghcr.io/acme/web\n    newTag: v1\n`,
      image,
      `localhost:5000/web@sha256:${'a'.repeat(64)}`,
      `${overlay}images:\n  - name: ghcr.io/acme/web\n    newName: localhost:5000/web\n    digest: sha256:${'a'.repeat(64)}\n`,
    ],
    [
      'an image that has another name already',
      `${overlay}images:\n  - name: ghcr.io/acme/web\n    newName: mirror.local/web\n    newTag: '1'\n`,
      image,
      'mirror.local/web:2',
      `${overlay}images:\n  - name: ghcr.io/acme/web\n    newName: mirror.local/web\n    newTag: '2'\n`,
    ],
    ['replicas, by a new list', overlay, 'spec.replicas', '7', `${overlay}replicas:\n  - name: web\n    count: 7\n`],
    [
      'replicas, by the entry there is, under a prefix',
      `${overlay}namePrefix: p-\nreplicas: [{name: web, count: 3}]\n`,
      'spec.replicas',
      '7',
      `${overlay}namePrefix: p-\nreplicas: [{name: web, count: 7}]\n`,
    ],
  ])('%s', async (_title, written, path, live, expected) => {
    const files = { ...base, 'prod/kustomization.yaml': written };
    const before = await render(files);

    const texts = await adoptInto(files, path, live);

    expect(texts).toEqual({ 'prod/kustomization.yaml': expected });
    const after = await render({ ...files, ...Object(texts) });
    const value = path === 'spec.replicas' ? Number(live) : live;
    expect(after.map(({ object }) => object)).toEqual(
      before.map(({ object }) => setAt(object, parsePath(path) ?? [], value)),
    );
  });

  test('a field of a manifest that is the root’s own', async () => {
    const files = {
      'prod/kustomization.yaml': 'resources: [web.yaml]\nnamePrefix: p-\nnamespace: shop\n',
      'prod/web.yaml': deployment,
    };
    const before = await render(files);

    const texts = await adoptInto(files, 'spec.minReadySeconds', '9');

    expect(texts).toEqual({ 'prod/web.yaml': deployment.replace('minReadySeconds: 5', 'minReadySeconds: 9') });
    const after = await render({ ...files, ...Object(texts) });
    expect(after.map(({ object }) => object)).toEqual(
      before.map(({ object }) => setAt(object, ['spec', 'minReadySeconds'], 9)),
    );
  });
});

describe('nothing is written', () => {
  const own = { 'prod/web.yaml': deployment };
  const job =
    'apiVersion: batch/v1\nkind: Job\nmetadata: {name: migrate}\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: m, image: ghcr.io/acme/web:1.0}]}}}\n';
  const strategic = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {minReadySeconds: 5}\n';
  const operations = '- {op: replace, path: /spec/minReadySeconds, value: 5}';
  test.each([
    [
      'into a base',
      { ...base, 'prod/kustomization.yaml': 'resources: [../base]\n' },
      'spec.minReadySeconds',
      '9',
      /own resources/,
    ],
    [
      'under a patch in a file',
      {
        ...own,
        'prod/p.yaml': strategic,
        'prod/kustomization.yaml': 'resources: [web.yaml]\npatches: [{path: p.yaml}]\n',
      },
      'spec.minReadySeconds',
      '9',
      /patch/,
    ],
    [
      'under a patch of operations',
      {
        ...own,
        'prod/kustomization.yaml': `resources: [web.yaml]\npatches:\n  - target: {kind: Deployment}\n    patch: |-\n      ${operations}\n`,
      },
      'spec.minReadySeconds',
      '9',
      /patch/,
    ],
    [
      'beside a component',
      {
        ...own,
        'c/kustomization.yaml': 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: x-\n',
        'prod/kustomization.yaml': 'resources: [web.yaml]\ncomponents: [../c]\n',
      },
      'spec.minReadySeconds',
      '9',
      /components/,
    ],
    [
      'where another object has the same image',
      { ...own, 'prod/job.yaml': job, 'prod/kustomization.yaml': 'resources: [web.yaml, job.yaml]\n' },
      image,
      'ghcr.io/acme/web:2',
      /Job migrate \(prod\/job.yaml\) uses the same image/,
    ],
    [
      'for an image without tag and digest',
      { ...own, 'prod/kustomization.yaml': 'resources: [web.yaml]\n' },
      image,
      'ghcr.io/acme/web',
      /neither tag nor digest/,
    ],
  ])('%s', async (_title, files, path, live, why) => {
    expect(await adoptInto(files, path, live)).toMatch(why);
  });

  test('a patch that says nothing of the field is no hindrance', async () => {
    const patch = strategic.replace('minReadySeconds: 5', 'paused: true');
    const files = {
      ...own,
      'prod/p.yaml': patch,
      'prod/kustomization.yaml': 'resources: [web.yaml]\npatches: [{path: p.yaml}]\n',
    };

    expect(await adoptInto(files, 'spec.minReadySeconds', '9')).toEqual({
      'prod/web.yaml': expect.stringContaining('minReadySeconds: 9 # calm'),
    });
  });
});
