import { expect, test } from '@jest/globals';
import { renderTarget } from '../../../src/features/review/render-target.ts';
import { unknownOrigin } from '../../../src/model/declare.ts';
import type { RenderInputs } from '../../../src/model/renderer.ts';
import type { Application } from '../../../src/model/target.ts';
import { gitPlace } from '../../../src/world/cluster/place.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { reviewTools } from './world.ts';

const application: Application = {
  ...{ name: 'shop', root: 'shop', renderer: 'helm', environment: null, valuesFiles: [], inputs: ['shop/'] },
};
const pair = { name: 'shop', environment: null, base: application, head: application };

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
    request: { baseTree: tree, untrusted, origin: unknownOrigin },
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
