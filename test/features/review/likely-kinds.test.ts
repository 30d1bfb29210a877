import { expect, test } from '@jest/globals';
import { likelyKinds } from '../../../src/features/review/likely-kinds.ts';
import type { RendererName } from '../../../src/model/target.ts';
import { memoryTree } from '../../support/memory-tree.ts';

const { signal } = new AbortController();
const ask = (changed: Readonly<Record<string, string>>, names: readonly RendererName[] = ['plain']) => {
  const tree = memoryTree({ ...changed, 'other.yaml': 'kind: Secret\n' });
  return likelyKinds({ changedFiles: Object.keys(changed), tree, names: new Set(names) }, signal);
};

test('the kinds of changed manifests are read off them, in every spelling', async () => {
  const changed = {
    'a.yaml': 'apiVersion: v1\nkind: ConfigMap\n---\nkind: "Pod"\n',
    'b.json': '{"kind":"List","items":[{"kind": "Role"}]}',
    'c.md': 'kind: Deployment\n',
  };
  expect([...((await ask(changed)) ?? [])].sort()).toEqual(['ConfigMap', 'List', 'Pod', 'Role']);
});

test('what a renderer makes, many files and large ones cannot be told', async () => {
  expect(await ask({ 'a.yaml': 'kind: ConfigMap\n' }, ['plain', 'helm'])).toBeNull();
  expect(
    await ask(Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`${at}.yaml`, 'kind: Pod\n']))),
  ).toBeNull();
  expect(await ask({ 'a.yaml': `kind: Pod\n${'#'.repeat(200_000)}` })).toBeNull();
});
