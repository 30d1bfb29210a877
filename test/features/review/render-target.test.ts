import { expect, test } from '@jest/globals';
import { renderTarget } from '../../../src/features/review/render-target.ts';
import { unknownOrigin } from '../../../src/model/declare.ts';
import type { Declaration } from '../../../src/model/declared.ts';
import type { RenderInputs } from '../../../src/model/renderer.ts';
import type { Application } from '../../../src/model/target.ts';
import { gitPlace } from '../../../src/world/cluster/place.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { reviewTools } from './world.ts';

const application: Application = {
  ...{ name: 'shop', root: 'shop', renderer: 'helm', environment: null, valuesFiles: [], inputs: ['shop/'] },
};
const pair = { name: 'shop', environment: null, base: application, head: application };

const declaredBare: Declaration = {
  application: {
    ...{ kind: 'argocd-application', name: 'shop', namespace: null, project: null, sources: [], syncOptions: [] },
    ...{ destination: { server: null, cluster: null, namespace: null }, ignoreDifferences: [], object: {} },
    ...{ declaredAt: { file: 'a.yaml', line: 1 }, via: [], hints: [] },
  },
  ...{ origins: [], build: null, dummies: [] },
};

/** What both sides of a target were rendered with. */
async function inputsOf(untrusted: string | null): Promise<readonly RenderInputs[]> {
  const seen: RenderInputs[] = [];
  const tools = {
    ...reviewTools(async () => undefined),
    rendererFor: () => ({
      name: 'helm' as const,
      detects: () => true,
      render: async (_application: unknown, _tree: unknown, inputs: RenderInputs) => {
        seen.push(inputs);
        return { resources: [], hooks: [], findings: [] };
      },
    }),
  };
  const tree = memoryTree({});
  const signal = new AbortController().signal;
  await renderTarget(pair, gitPlace, {
    request: { base: 'b0', head: 'h0', baseTree: tree, untrusted, origin: unknownOrigin },
    head: tree,
    tools,
    signal,
  });
  return seen;
}

test('what an outsider wants rendered has nothing fetched for it, on either side', async () => {
  const seen = await inputsOf('the pull comes from a fork');

  expect(seen.map(({ unfetched }) => unfetched)).toEqual(['the pull comes from a fork', 'the pull comes from a fork']);
});

test('for a pull that is trusted nothing forbids it', async () => {
  expect((await inputsOf(null)).map((inputs) => 'unfetched' in inputs)).toEqual([false, false]);
});

test('what is declared by a controller that may not be read is rendered, and not to be relied on', async () => {
  const untold = 'its project cannot be read';
  const declared = { ...declaredBare, untold };
  const tools = {
    ...reviewTools(async () => undefined),
    rendererFor: () => ({
      name: 'argocd' as const,
      detects: () => true,
      render: async () => ({ resources: [], hooks: [], findings: [] }),
    }),
  };
  const tree = memoryTree({});

  const { target, head } = await renderTarget({ ...pair, head: { ...application, declared } }, gitPlace, {
    request: { baseTree: tree, untrusted: null, origin: unknownOrigin },
    head: tree,
    tools,
    signal: new AbortController().signal,
  });

  expect({ error: target.error, head }).toEqual({ error: untold, head: [] });
});

test('each side tells the commit by which others get its files', async () => {
  expect((await inputsOf(null)).map(({ commit }) => commit)).toEqual(['b0', 'h0']);
});
