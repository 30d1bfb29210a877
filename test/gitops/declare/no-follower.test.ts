import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { affectedBy } from '../../../src/gitops/discover/affected.ts';
import { defaultSettings } from '../../../src/model/settings.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { calm } from '../render/support.ts';
import {
  affectedOf,
  argoApp,
  configMap,
  type DeclaredWorld,
  type Files,
  linesOf,
  openDeclaredWorld,
  ownOrigin,
  ownUrl,
} from './declared-support.ts';

let world: DeclaredWorld;

beforeAll(() => {
  world = openDeclaredWorld();
});
afterAll(() => world.close());

const takes = (name: string, revision: string) =>
  argoApp(name, `source: {repoURL: "${ownUrl}", targetRevision: ${revision}, path: web}`);

const files: Files = {
  'apps/web.yaml': takes('web', 'HEAD'),
  'apps/next.yaml': takes('next', 'refs/heads/next'),
  'apps/other.yaml': argoApp('other', 'source: {repoURL: "https://git.example.com/x/y", path: a}'),
  'web/cm.yaml': configMap('web'),
};

const changed = { ...files, 'web/cm.yaml': configMap('web', '{a: c}') };

const on = (branch: string) => ({ own: { ...ownOrigin.own, branch } });

test('a change to a branch that nothing follows says what is followed', async () => {
  const affected = await affectedOf({ base: files, head: changed, origin: on('stacked') }, world);

  expect(affected.findings).toEqual([
    expect.objectContaining({
      ...{ rule: 'no-follower', severity: 'note', file: null },
      message:
        'No object of Argo CD or Flux follows the branch stacked, which this change goes to: they follow main, next.',
    }),
  ]);
});

test.each(['main', 'next'])('a change to %s, which one follows, does not', async (branch) => {
  const affected = await affectedOf({ base: files, head: changed, origin: on(branch) }, world);

  expect(affected.findings).toEqual([]);
  expect(linesOf(affected)).toEqual([`${branch === 'main' ? 'web' : 'next'}@null: own web/cm.yaml`]);
});

test('a repository that no object takes has nothing to say', async () => {
  const { 'web/cm.yaml': own = '', 'apps/other.yaml': other = '' } = files;
  const affected = await affectedOf(
    { base: { a: own, 'apps/other.yaml': other }, head: { b: own, 'apps/other.yaml': other }, origin: on('stacked') },
    world,
  );

  expect(affected.findings).toEqual([]);
});

test('of another repository it is told too', async () => {
  const tree = memoryTree({ 'apps/web.yaml': takes('web', 'v1.0.0') });
  const lent = memoryTree({ 'web/cm.yaml': configMap('web') });
  const own = { urls: ['https://git.example.com/acme/users'], branch: 'main', defaultBranch: 'main' };
  const lending = { name: 'acme/fleet', own: ownOrigin.own, base: lent, head: lent, unowned: [], isEveryBranch: false };
  const question = { base: tree, head: tree, changedFiles: ['web/cm.yaml'], settings: defaultSettings, lending };

  const { findings } = await affectedBy({ ...question, origin: { own } }, calm, world.tools.declare);

  expect(findings.map(({ message }) => message)).toEqual([
    expect.stringMatching(/follows the branch main, which this change goes to: they follow v1\.0\.0\.$/),
  ]);
});
