import { expect, test } from '@jest/globals';
import { likelyRenderers } from '../../../src/features/review/likely-renderers.ts';
import { memoryTree } from '../../support/memory-tree.ts';

const tree = memoryTree({
  'charts/web/Chart.yaml': '',
  'charts/web/templates/a.yaml': '',
  'apps/kustomization.yaml': '',
  'apps/a.yaml': '',
  'README.md': '',
});

test.each([
  [['README.md'], []],
  [['charts/web/templates/deep/a.tpl'], ['helm', 'plain']],
  [['values/web/prod-values.yaml'], ['helm', 'plain']],
  [['apps/a.yaml'], ['kustomize', 'plain']],
  [
    ['charts/web/values.yaml', 'apps/a.yaml'],
    ['helm', 'kustomize', 'plain'],
  ],
])('a change of %j probably needs %j', (changed, expected) => {
  expect([...likelyRenderers(changed, tree)].sort()).toEqual(expected);
});

test('what the tree has none of is not loaded', () => {
  expect([...likelyRenderers(['apps/values.yaml'], memoryTree({ 'apps/values.yaml': '' }))]).toEqual(['plain']);
});
