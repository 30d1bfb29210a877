import { expect, test } from '@jest/globals';
import { createRenderers } from '../../../src/gitops/render/index.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { applicationAt, calm, testDependencies, testInputs } from './support.ts';

test('there is a renderer of each name, and plain manifests need no module', async () => {
  const asked: string[] = [];
  const modules = (name: string) => {
    asked.push(name);
    return Promise.reject(new Error('not wanted'));
  };
  const renderers = createRenderers(testDependencies({ modules }));
  const tree = memoryTree({ 'a.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}' });

  const { resources } = await renderers.renderer('plain').render(applicationAt('', 'plain'), tree, testInputs, calm);
  await renderers.close();

  expect(['plain', 'kustomize', 'helm'].map((name) => renderers.renderer(name as 'plain').name)).toEqual([
    'plain',
    'kustomize',
    'helm',
  ]);
  expect(resources).toHaveLength(1);
  expect(asked).toEqual([]);
});
