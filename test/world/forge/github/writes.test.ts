import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PullSpec, RepoPort } from '../../../../src/world/forge/forge.ts';
import { appYaml, openPull, openStage, redacted, type Stage } from './setup.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.stop());

const pullSpec = (changes: Partial<PullSpec> = {}): PullSpec => {
  const texts = { title: redacted('Revert'), body: redacted('Because.') };
  return { key: 'revert-1', branch: 'fairlead/revert-1', base: 'main', labels: [], ...texts, ...changes };
};

describe('merging', () => {
  test('goes the way the repository allows', async () => {
    await stage.repo.commit('squash-me', { 's.yaml': 'a: 1\n' });
    const number = await stage.repo.openPull({ title: 'S', author: 'mona', head: 'squash-me' });
    stage.repo.allowMerges(['squash']);
    const { head } = await stage.port.pull(number);

    const sha = await stage.port.merge(number, { sha: head.sha });

    expect(await stage.repo.refSha(`${sha}^2`)).toBeNull();
    stage.repo.allowMerges(['merge', 'squash']);
  });

  test('gives the reason where a check is missing', async () => {
    await stage.repo.commit('guarded', { 'g.yaml': 'a: 1\n' });
    const number = await stage.repo.openPull({ title: 'G', author: 'mona', head: 'guarded' });
    stage.repo.protect('main', ['build']);
    const { head } = await stage.port.pull(number);

    const merging = stage.port.merge(number, { sha: head.sha });

    await expect(merging).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining('"build" is expected'),
    });
    stage.repo.protect('main', []);
  });

  test('a draft is not merged', async () => {
    await stage.repo.commit('draft', { 'd.yaml': 'a: 1\n' });
    const number = await stage.repo.openPull({ title: 'D', author: 'mona', head: 'draft', draft: true });
    const { head } = await stage.port.pull(number);

    await expect(stage.port.merge(number, { sha: head.sha })).rejects.toMatchObject({ kind: 'conflict' });
  });
});

describe('our own pulls', () => {
  test('one that lost its marker to an edit is known by its branch, and gets it back', async () => {
    await stage.repo.commit('fairlead/revert-1', { 'r.yaml': 'a: 1\n' });
    const { number } = await stage.port.ensurePull(pullSpec());
    await stage.repo.editPull(number, { body: 'Somebody wrote this instead.' });

    const again = await stage.port.ensurePull(pullSpec());

    expect(again.number).toBe(number);
    expect(stage.repo.pulls().find((pull) => pull.number === number)?.body).toMatch(/^<!-- .*revert-1 -->\nBecause\.$/);
  });

  test('one is known by its marker when its branch has another name by now', async () => {
    await stage.repo.commit('fairlead/old-name', { 'o.yaml': 'a: 1\n' });
    const spec = pullSpec({ key: 'renamed', branch: 'fairlead/old-name' });
    const { number } = await stage.port.ensurePull(spec);

    const again = await stage.port.ensurePull({ ...spec, branch: 'fairlead/new-name' });

    expect(again.number).toBe(number);
  });

  test('one of another key from the same branch is not taken', async () => {
    await stage.repo.commit('fairlead/shared', { 'h.yaml': 'a: 1\n' });
    await stage.port.ensurePull(pullSpec({ key: 'one', branch: 'fairlead/shared' }));

    const taking = stage.port.ensurePull(pullSpec({ key: 'two', branch: 'fairlead/shared' }));

    await expect(taking).rejects.toMatchObject({ kind: 'conflict' });
  });
});

test('closes twins of our issue and keeps the oldest', async () => {
  const ensure = () => stage.port.ensureIssue('board', redacted('Drift'), redacted('text'), null);
  const first = await ensure();
  const { body } = stage.repo.issues().find(({ number }) => number === first) ?? { body: '' };
  const twin = await stage.repo.openIssue('fairlead[bot]', 'Drift', body);

  expect(await ensure()).toBe(first);
  expect(stage.repo.issues().find(({ number }) => number === twin)?.state).toBe('closed');
});

test('acknowledging a comment that is gone is no fault', async () => {
  const number = await openPull(stage.repo);
  const comment = await stage.repo.addComment(number, 'mona', '/fairlead diff');
  await stage.repo.deleteComment(comment);

  await expect(stage.port.acknowledge({ kind: 'pull', number }, comment, 'seen')).resolves.toBeUndefined();
});

test('a comment of another thread is not read', async () => {
  const [one, other] = [await stage.repo.openIssue('mona', 'A', ''), await stage.repo.openIssue('mona', 'B', '')];
  const comment = await stage.repo.addComment(one, 'mona', 'text');

  expect(await stage.port.comment({ kind: 'issue', number: other }, comment)).toBeNull();
});

test('a deployment neither merges nor waits, and retires no other target', async () => {
  const sha = (await stage.repo.refSha('refs/heads/main')) ?? '';
  const deployment = { key: 'web-prod', environment: 'prod', sha, branch: 'main', description: redacted('web') };

  const ref = await stage.port.startDeployment(deployment);
  await stage.port.finishDeployment(ref, 'success', redacted('healthy'));

  const bodies = stage.github.requests.filter(({ method, path }) => method === 'POST' && path.includes('/deployments'));
  expect(bodies.map(({ body }) => body)).toEqual([
    expect.objectContaining({
      auto_merge: false,
      required_contexts: [],
      ref: sha,
      payload: { key: 'web-prod', branch: 'main' },
    }),
    { state: 'success', description: 'healthy', auto_inactive: false },
  ]);
});

describe('without a permission of app.yml', () => {
  const sha = 'a'.repeat(40);
  const spec = pullSpec({ branch: 'main' });
  const deployment = { key: 'k', environment: 'prod', sha, branch: 'main', description: redacted('d') };

  test.each<[string, string, (port: RepoPort) => Promise<unknown>]>([
    ['contents', 'contents=read', (port) => port.branchHead('main')],
    ['pull_requests', 'pull_requests=read', (port) => port.ensurePull(spec)],
    ['issues', 'issues=read', (port) => port.ensureIssue('k', redacted('t'), redacted('b'), null)],
    ['deployments', 'deployments=read', (port) => port.startDeployment(deployment)],
    ['members', 'members=read', (port) => port.isMember('mona', 'acme/sre')],
  ])('%s names it', async (permission, named, work) => {
    const poor = await openStage({ appYaml: appYaml.replace(new RegExp(`^  ${permission}: .*\\n`, 'm'), '') });

    const failing = work(poor.port);

    await expect(failing).rejects.toMatchObject({ kind: 'forbidden', message: expect.stringContaining(named) });
    await poor.stop();
  });
});
