import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { CheckReport } from '../../../../src/world/forge/forge.ts';
import { fast, openPull, openStage, redacted, type Stage } from './setup.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(async () => {
  expect(stage.gitlab.violations).toEqual([]);
  await stage.stop();
});

const report = (changes: Partial<CheckReport> = {}): CheckReport => ({
  name: 'fairlead',
  state: 'done',
  conclusion: 'success',
  title: redacted('Ready'),
  summary: redacted('3 changes'),
  annotations: [],
  ...changes,
});
const running = report({ state: 'running', conclusion: null });

async function headOf(pull: number): Promise<string> {
  return (await stage.port.pull(pull)).head.sha;
}

const posts = () => stage.gitlab.requests.filter(({ method, path }) => method === 'POST' && /statuses/.test(path));

test('joins the pipeline that CI made of the commit', async () => {
  const sha = await headOf(await openPull(stage.project));
  const pipeline = stage.project.startPipeline(sha, 'topic');

  await stage.port.report(sha, report());

  expect(stage.project.statuses(sha)).toEqual([expect.objectContaining({ pipeline, ref: 'topic', state: 'success' })]);
  expect(stage.project.pipelines(sha)).toHaveLength(1);
});

test('waits for the pipeline where the project has CI, and joins it when it comes late', async () => {
  const main = await stage.project.commit('main', { 'a.yaml': 'a: 1\n' });
  stage.project.startPipeline(main, 'main');
  const sha = await headOf(await openPull(stage.project));

  const reporting = stage.port.report(sha, report());
  const late = stage.project.startPipeline(sha, 'topic');
  await reporting;

  expect(stage.project.statuses(sha).map(({ pipeline }) => pipeline)).toEqual([late]);
});

test('opens one pipeline of its own where there is no CI, and stays in it', async () => {
  const sha = await headOf(await openPull(stage.project));

  await stage.port.report(sha, running);
  await stage.port.report(sha, report());

  expect(stage.project.pipelines(sha)).toEqual([expect.objectContaining({ source: 'external', ref: 'topic' })]);
  expect(stage.project.statuses(sha).map(({ state }) => state)).toEqual(['success']);
});

test('says running twice with other words and takes the refusal as done', async () => {
  const sha = await headOf(await openPull(stage.project));
  await stage.port.report(sha, running);

  await stage.port.report(sha, { ...running, title: redacted('Still at it') });

  expect(posts().at(-1)).toMatchObject({ status: 400 });
  expect(stage.project.statuses(sha)).toHaveLength(1);
});

test('sends nothing when the status says so already, after a restart too', async () => {
  const sha = await headOf(await openPull(stage.project));
  await stage.port.report(sha, report());

  await (await stage.restart()).report(sha, report());

  expect(posts()).toHaveLength(1);
});

test('tries again while GitLab is busy with the commit, and gives up after a while', async () => {
  const sha = await headOf(await openPull(stage.project));
  stage.gitlab.faults.add({ kind: 'conflict', method: 'POST', path: /statuses/, times: 3 });
  await stage.port.report(sha, running);
  stage.gitlab.faults.add({ kind: 'conflict', method: 'POST', path: /statuses/, times: 9 });

  await expect(stage.port.report(sha, report())).rejects.toMatchObject({ kind: 'conflict' });

  expect(posts()).toHaveLength(4 + 5);
});

test('shows a neutral check as a success that says so', async () => {
  const sha = await headOf(await openPull(stage.project));

  await stage.port.report(sha, report({ conclusion: 'neutral', title: redacted('2 cautions') }));

  expect(stage.project.statuses(sha)).toEqual([
    expect.objectContaining({ state: 'success', description: 'neutral: 2 cautions' }),
  ]);
});

test('cuts a title to what GitLab keeps, never through a character', async () => {
  const sha = await headOf(await openPull(stage.project));

  await stage.port.report(sha, report({ title: redacted(`${'x'.repeat(253)}🚢🚢`) }));

  expect(stage.project.statuses(sha)[0]?.description).toBe(`${'x'.repeat(253)}…`);
});

describe('a head from a fork', () => {
  test('gets the status in the fork, whose pipeline the pull shows', async () => {
    const sha = await headOf(await openPull(stage.project, { fork: true }));
    stage.gitlab.grant('mona/gitops', 'project_7_bot_4f2a', 30);

    const before = await stage.port.checkState(sha, 'fairlead');
    await stage.port.report(sha, report());

    expect(posts().map(({ status }) => status)).toEqual([201]);
    expect(stage.project.pipelines(sha)).toEqual([]);
    expect(stage.project.statuses(sha)).toHaveLength(1);
    expect([before, await stage.port.checkState(sha, 'fairlead')]).toEqual(['absent', 'done']);
  });

  test("gets it in the project's own pipeline of that head, where there is one", async () => {
    const sha = await headOf(await openPull(stage.project, { fork: true }));
    const pipeline = stage.project.startPipeline(sha, 'refs/merge-requests/1/head');

    await stage.port.report(sha, report());

    expect(stage.project.statuses(sha).map((status) => status.pipeline)).toEqual([pipeline]);
  });

  test.each([
    ['does not let us in', 0],
    ['lets us read alone', 20],
  ])('is refused, and not missed afterwards, where the fork %s', async (_how, level) => {
    const sha = await headOf(await openPull(stage.project, { fork: true }));
    if (level > 0) stage.gitlab.grant('mona/gitops', 'project_7_bot_4f2a', level);
    const refusal = { kind: 'forbidden', code: 'gitlab-fork-status', message: expect.stringContaining('fork') };

    await expect(stage.port.report(sha, report())).rejects.toMatchObject(refusal);
    await expect(stage.port.checkState(sha, 'fairlead')).rejects.toMatchObject(refusal);

    expect(stage.project.statuses(sha)).toEqual([]);
  });
});

test('says which role is missing where the bot may not set a status', async () => {
  const weak = await openStage({ level: 20 });
  const sha = (await weak.port.pull(await openPull(weak.project))).head.sha;

  await expect(weak.port.report(sha, report())).rejects.toMatchObject({
    kind: 'forbidden',
    message: expect.stringContaining('the role Developer'),
  });
  await weak.stop();
});

test('a status that hangs ends at its deadline and is unavailable', async () => {
  const slow = await openStage({ pace: { ...fast, deadline: 1000 } });
  const sha = (await slow.port.pull(await openPull(slow.project))).head.sha;
  slow.gitlab.faults.add({ kind: 'hang', method: 'POST', path: /statuses/ });

  await expect(slow.port.report(sha, report())).rejects.toMatchObject({ kind: 'unavailable', status: 0 });
  await slow.stop();
});

describe('deployments', () => {
  const deployment = async () => ({
    key: 'd-1',
    environment: 'prod',
    sha: await stage.project.commit('main', { 'a.yaml': 'a: 1\n' }),
    branch: 'main',
    description: redacted('web to prod'),
  });

  test('one that still runs is found again after a restart', async () => {
    const spec = await deployment();
    const first = await stage.port.startDeployment(spec);

    expect(await (await stage.restart()).startDeployment(spec)).toEqual(first);
  });

  test('a lost answer makes no second one', async () => {
    const spec = await deployment();
    stage.gitlab.faults.add({ kind: 'bad-gateway-after-commit', method: 'POST', path: /deployments/ });

    await expect(stage.port.startDeployment(spec)).rejects.toMatchObject({ kind: 'unavailable' });
    await stage.port.startDeployment(spec);

    expect(stage.project.deployments()).toHaveLength(1);
  });

  test('an ended one that is made inactive stays as it ended', async () => {
    const ref = await stage.port.startDeployment(await deployment());
    await stage.port.finishDeployment(ref, 'success', redacted('healthy'));

    await stage.port.finishDeployment(ref, 'inactive', redacted('superseded'));

    expect(stage.project.deployments()[0]?.history).toEqual(['running', 'success']);
  });
});
