import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Deployment } from '../../src/model/deployment.ts';
import { tellProgress } from '../../src/server/progress.ts';
import { deploymentOf, shop } from '../support/deployments.ts';
import { type KeptFolder, keptFolder } from '../support/kept.ts';

let folder: KeptFolder;
let after = 0;
let begun = 0;
beforeAll(async () => {
  folder = await keptFolder();
  const { store } = folder;
  await begin('cli:anna', 'deploy-command', {});
  after = (await store.audit.append(null, { actor: 'cli:anna', action: 'job-asked', subject: 'x', data: {} })).sequence;
  await begin('cli:anna', 'deploy-command', { state: 'following', reason: 'waits for pods' });
  await begin('cli:bert', 'deploy-command', {});
  await begin('cli:anna', 'deploy-rollback', {});
  await begin('cli:anna', 'deploy-command', { environment: 'staging' });
  await begin('cli:anna', 'deploy-command', { repo: { ...shop, id: 43, fullName: 'acme/other' } });
});
afterAll(() => folder.remove());

/** Each of another commit: one and the same deployment is begun once. */
async function begin(actor: string, action: string, change: Partial<Deployment>): Promise<void> {
  const { store } = folder;
  begun += 1;
  const { id: _, ...draft } = deploymentOf({ commit: String(begun).padEnd(40, '0'), ...change, id: '' });
  const { id } = await store.deployments.create(null, draft);
  await store.audit.append(null, { actor, action, subject: id, data: {} });
}

const asked = { repo: 'acme/shop', environment: 'prod', trigger: 'command', actor: 'cli:anna' };

test('the deployments one request began are told, and no others', async () => {
  const told = await tellProgress({ ...asked, after }, folder);

  const target = 'apps/checkout@prod:prod-eu';
  const deployments = [{ id: 'D-2', target, state: 'following', reason: 'waits for pods' }];
  expect(told).toEqual({ status: 200, body: { deployments } });
  expect(await tellProgress({ ...asked, repo: 'github:42', after }, folder)).toEqual(told);
});

test('where they are known already they alone are read, within the repository and environment', async () => {
  const told = await tellProgress({ ...asked, after: 1_000, ids: ['D-2', 'D-5', 'D-6', 'D-99'] }, folder);

  expect(told.body['deployments']).toMatchObject([{ id: 'D-2' }]);
});

test('before the queue came to it there are none', async () => {
  expect(await tellProgress({ ...asked, after: 1_000 }, folder)).toEqual({ status: 200, body: { deployments: [] } });
});

describe('what names no request is refused:', () => {
  test.each([
    ['no repository', { ...asked, repo: null, after: 0 }],
    ['no row', asked],
    ['a row that is none', { ...asked, after: -1 }],
    ['ids that are none', { ...asked, after: 0, ids: [1] }],
    ['no object', 'x'],
  ])('%s', async (_title, body) => {
    expect(await tellProgress(body, folder)).toMatchObject({ status: 400 });
  });
});
