import { expect, test } from '@jest/globals';
import { createLikelyFiles } from '../../../src/gitops/declare/likely-files.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { argoApp, kustomization, sourceOf } from './declared-support.ts';

const { signal } = new AbortController();

test('files that may hold objects of a controller are found, by each tree that is looked through at the same time', async () => {
  const tree = memoryTree({
    'a.yaml': argoApp('a', sourceOf('x')),
    'b.yaml': kustomization('b', './x'),
    'c.yaml': 'apiVersion: argoproj.io/v1alpha1\nkind: AppProject\n',
    'd.txt': argoApp('d', sourceOf('x')),
    'e.yaml': 'kind: ConfigMap\n',
    'i.yaml': 'image: ghcr.io/fluxcd/helm-controller:v1.4.0\n',
    // What installs a controller may be large.
    'j.yaml': `image: quay.io/argoproj/argocd:v3.3.0\n# ${argoApp('j', sourceOf('x'))}${'#'.repeat(1024 * 1024)}`,
    'h.yaml': 'kind: ConfigMap\nmetadata: {name: argocd-cm}\n',
    'k.yaml': 'args: [--feature-gates=StrictPostBuildSubstitutions=true]\n',
    'g.yaml': 'kind: Secret\nmetadata: {labels: {argocd.argoproj.io/secret-type: cluster}}\n',
    // The last one looked at is all that is remembered, and forgotten by the next.
    'f.yaml': argoApp('f', sourceOf('x')),
  });
  const find = createLikelyFiles(1);
  const expected = {
    argo: new Set(['a.yaml', 'f.yaml']),
    flux: new Set(['b.yaml']),
    projects: new Set(['c.yaml']),
    clusters: new Set(['g.yaml']),
    settings: new Set(['h.yaml']),
    installs: new Set(['i.yaml', 'j.yaml']),
    gates: new Set(['k.yaml']),
  };

  expect(await find(tree, signal)).toEqual(expected);
  expect(await Promise.all([find(tree, signal), find(memoryTree({}), signal), find(tree, signal)])).toEqual([
    expected,
    {
      argo: new Set(),
      flux: new Set(),
      projects: new Set(),
      clusters: new Set(),
      settings: new Set(),
      installs: new Set(),
      gates: new Set(),
    },
    expected,
  ]);
});
