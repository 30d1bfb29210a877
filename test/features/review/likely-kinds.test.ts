import { expect, test } from '@jest/globals';
import { likelyKinds } from '../../../src/features/review/likely-kinds.ts';
import type { RendererName } from '../../../src/model/target.ts';
import { memoryTree } from '../../support/memory-tree.ts';

const { signal } = new AbortController();
type Files = Readonly<Record<string, string>>;
const ask = (changed: Files, names: readonly RendererName[] = ['plain'], before: Files = {}) => {
  const [base, tree] = [before, changed].map((files) => memoryTree({ ...files, 'other.yaml': 'kind: Secret\n' }));
  if (base === undefined || tree === undefined) throw new Error('no trees');
  return likelyKinds({ changedFiles: Object.keys(changed), base, tree, names: new Set(names) }, signal);
};

test('the kinds of changed manifests are read off them, in every spelling', async () => {
  const changed = {
    'a.yaml': 'apiVersion: v1\nkind: ConfigMap\n---\nkind: "Pod"\n',
    'b.json': '{"kind":"List","items":[{"kind": "Role"}]}',
    'c.md': 'kind: Deployment\n',
  };
  expect([...((await ask(changed)) ?? [])].sort()).toEqual(['ConfigMap', 'List', 'Pod', 'Role']);
});

test('only documents that the base does not have in these files count', async () => {
  const pod = 'kind: Pod\n---\nkind: Role\nx: 1\n';
  const changed = { 'a.yaml': `${pod}---\nkind: ConfigMap\nx: 2\n`, 'new.yaml': 'kind: Job\n' };

  const kinds = await ask(changed, ['plain'], { 'a.yaml': `${pod}---\nkind: ConfigMap\nx: 1\n` });

  expect([...(kinds ?? [])].sort()).toEqual(['ConfigMap', 'Job']);
});

test('what a renderer makes, many files and large ones cannot be told', async () => {
  expect(await ask({ 'a.yaml': 'kind: ConfigMap\n' }, ['plain', 'helm'])).toBeNull();
  expect(
    await ask(Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`${at}.yaml`, 'kind: Pod\n']))),
  ).toBeNull();
  expect(await ask({ 'a.yaml': `kind: Pod\n${'#'.repeat(200_000)}` })).toBeNull();
});
