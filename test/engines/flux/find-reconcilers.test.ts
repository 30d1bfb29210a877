import { describe, expect, test } from '@jest/globals';
import { findReconcilers } from '../../../src/engines/flux/find-reconcilers.ts';
import type { FluxObjects } from '../../../src/engines/flux/list-objects.ts';
import { helmRelease, kustomization, type Sketch, source } from './sketch.ts';

const target = { id: 't', application: 'web', environment: 'prod', cluster: 'prod', digest: null, error: null };
const work = { urls: ['git@github.com:Acme/fleet.git'], root: 'apps/web', branch: 'main', target };

function names(objects: FluxObjects, changed: Partial<typeof work> = {}) {
  const found = findReconcilers(objects, { ...work, ...changed });
  return found.kind === 'found' ? found.pairs.map(({ reconciler }) => reconciler.id.name) : found.missing;
}

function one(sketch: Sketch, from = source()): FluxObjects {
  return { sources: [from], reconcilers: [kustomization(sketch)] };
}

describe('what carries out the work', () => {
  test.each<[string, FluxObjects, Partial<typeof work>]>([
    ['names the folder', one({}), {}],
    ['writes the folder with slashes', one({ spec: { path: 'apps/web/' } }), {}],
    ['names a folder above it', one({ spec: { path: './apps' } }), {}],
    ['takes the whole repository', one({ spec: { path: '' } }), {}],
    [
      'names the source with its namespace',
      one({ spec: { sourceRef: { kind: 'GitRepository', name: 'fleet', namespace: 'flux-system' } } }),
      {},
    ],
    ['follows the branch by its full name', one({}, source({ spec: { ref: { name: 'refs/heads/main' } } })), {}],
    ['follows master when it names nothing', one({}, source({ spec: { ref: {} } })), { branch: 'master' }],
    ['takes its chart from the folder', { sources: [source()], reconcilers: [helmRelease()] }, { root: 'charts/web' }],
  ])('%s', (_, objects, changed) => {
    expect(names(objects, changed)).toEqual(['web']);
  });

  test.each<[string, FluxObjects]>([
    ['another repository', one({}, source({ spec: { url: 'https://github.com/acme/other' } }))],
    ['another branch', one({}, source({ spec: { ref: { branch: 'release' } } }))],
    ['a tag', one({}, source({ spec: { ref: { branch: 'main', tag: 'v1' } } }))],
    ['a commit', one({}, source({ spec: { ref: { branch: 'main', commit: '1'.repeat(40) } } }))],
    ['another folder', one({ spec: { path: './apps/web-two' } })],
    ['a folder below', one({ spec: { path: './apps/web/base' } })],
    ['another kind of source', one({ spec: { sourceRef: { kind: 'OCIRepository', name: 'fleet' } } })],
    [
      'a source of that name elsewhere',
      one({ spec: { sourceRef: { kind: 'GitRepository', name: 'fleet', namespace: 'x' } } }),
    ],
    ['another cluster', one({ spec: { kubeConfig: { secretRef: { name: 'remote' } } } })],
    ['a chart in a folder above', { sources: [source()], reconcilers: [helmRelease()] }],
  ])('is none of %s', (_, objects) => {
    expect(names(objects)).toMatch(/^Flux has no Kustomization or HelmRelease for folder apps\/web of /);
  });

  test('is preferred to what is around it', () => {
    const around = kustomization({ spec: { path: './apps' } }, 'all');

    expect(names({ sources: [source()], reconcilers: [around, kustomization()] })).toEqual(['web']);
  });

  test('may be several that render alike', () => {
    const reconcilers = ['one', 'two'].map((name) => kustomization({ spec: { targetNamespace: name } }, name));

    expect(names({ sources: [source()], reconcilers })).toEqual(['one', 'two']);
  });

  test('is that of its environment when several render one folder differently', () => {
    const reconcilers = ['web-staging', 'web-prod'].map((name) =>
      kustomization({ spec: { postBuild: { substitute: { stage: name } } } }, name),
    );
    const objects = { sources: [source()], reconcilers };

    expect(names(objects)).toEqual(['web-prod']);
    expect(names(objects, { target: { ...target, environment: 'qa' } })).toMatch(/it cannot be told which is qa/);
  });

  test('is told of with what there is when there is none', () => {
    const here = 'folder apps/web of git@github.com:Acme/fleet.git, branch main';
    const other = kustomization({ spec: { path: './apps/api' } }, 'api');

    expect(names({ sources: [source()], reconcilers: [other] })).toBe(
      `Flux has no Kustomization or HelmRelease for ${here}; it has Kustomization flux-system/api (apps/api of GitRepository flux-system/fleet at branch main).`,
    );
    expect(names({ sources: [source()], reconcilers: [] })).toBe(
      `Flux has no Kustomization or HelmRelease for ${here}; nothing reads GitRepository flux-system/fleet at branch main.`,
    );
    expect(names({ sources: [], reconcilers: [other] })).toMatch(/none of its 0 GitRepositories is of this repository/);
  });
});
