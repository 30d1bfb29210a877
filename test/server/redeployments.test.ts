import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { defaultSettings } from '../../src/model/settings.ts';
import { askRedeployment } from '../../src/server/redeployments.ts';
import { type AskedServer, askedServer, prod } from '../support/asked-server.ts';
import { deploymentOf, shop } from '../support/deployments.ts';
import { until } from '../support/until.ts';

let server: AskedServer;
let enforced: AskedServer['settings'];
beforeAll(async () => {
  server = await askedServer();
  enforced = server.settings;
});
beforeEach(() => {
  server.settings = enforced;
});
afterAll(() => server.stop());

const wish = {
  repo: 'github:42',
  environment: 'prod',
  application: null,
  commit: null,
  trigger: 'command',
  actor: 'cli:anna',
};

function ask(change: Readonly<Record<string, string | null>> = {}) {
  return askRedeployment({ ...wish, ...change }, server.tools, AbortSignal.timeout(60_000));
}

/** The deployments there are once the queue is empty. */
async function settled() {
  let size = 1;
  const look = (): void => void server.folder.queue.size().then((now) => (size = now));
  await until('an empty queue', () => (size === 0 ? true : look()));
  return server.folder.store.deployments.find({});
}

describe('what cannot be done is refused with the reason, and audited:', () => {
  test.each([
    ['an unknown repository', { repo: 'github:1' }, 404, /knows no repository github:1; it knows acme\/shop$/],
    ['an unknown environment', { environment: 'mars' }, 404, /no environment mars; there is prod/],
    ['an unknown application', { application: 'nope' }, 404, /no application nope in prod; it has web/],
    ['an unknown commit', { commit: 'f'.repeat(40) }, 404, /no commit/],
    ['a revision that is no id', { commit: 'main' }, 404, /no commit main/],
    ['a rollback where nothing was deployed', { trigger: 'rollback' }, 404, /nothing of prod was deployed/],
    ['an actor who is none', { actor: 'root' }, 400, /actor/],
    ['another trigger', { trigger: 'merge' }, 400, /trigger/],
  ])('%s', async (_title, change, status, why) => {
    const answer = await ask(change);

    expect(answer).toMatchObject({ status, body: { detail: expect.stringMatching(why) } });
  });

  test('a commit that is not on the branch', async () => {
    const { git } = server;
    git.git('checkout', '--quiet', '-b', 'side');
    const side = git.commit({
      'envs/prod/web/a.yaml': null,
      'envs/prod/web/b.yaml': 'apiVersion: v1\nkind: ConfigMap\n',
    });

    expect(await ask({ commit: side })).toMatchObject({
      status: 409,
      body: { detail: expect.stringMatching(/not on the branch main/) },
    });
  });

  test('everything in observe mode', async () => {
    server.settings = { ...defaultSettings, environments: new Map([['prod', prod]]) };

    expect(await ask()).toMatchObject({ status: 409, body: { detail: 'the mode is observe: nothing is deployed' } });
    const rows = await server.folder.store.audit.read({ after: 0, limit: 1_000 });
    expect(rows.at(-1)).toMatchObject({
      actor: 'cli:anna',
      action: 'command-refused',
      data: { command: 'deploy prod' },
    });
  });

  test('an environment that is never deployed to', async () => {
    server.settings = {
      ...enforced,
      environments: new Map([['prod', { ...prod, deploy: { ...prod.deploy, on: 'never' } }]]),
    };

    expect(await ask()).toMatchObject({ status: 409, body: { detail: expect.stringMatching(/never/) } });
  });
});

test('a deploy takes the newest commit of the branch, or the named one; a rollback the one before; all of it audited', async () => {
  const [first, second] = server.commits;

  const older = await ask({ commit: first.slice(0, 10), application: 'web' });
  await settled();
  const newest = await ask();
  await settled();
  const back = await ask({ trigger: 'rollback' });
  const deployments = await settled();

  expect([older, newest, back].map(({ status }) => status)).toEqual([202, 202, 202]);
  expect(older.body).toMatchObject({ queued: { commit: first, application: 'web' }, after: expect.any(Number) });
  expect(deployments.map(({ commit, trigger, actor, state }) => [commit, trigger, actor, state])).toEqual([
    [first, 'rollback', 'cli:anna', 'healthy'],
    [second, 'command', 'cli:anna', 'healthy'],
    [first, 'command', 'cli:anna', 'healthy'],
  ]);
  const rows = await server.folder.store.audit.read({ after: 0, limit: 1_000 });
  expect(rows.filter(({ action }) => action === 'job-asked').map(({ data }) => data['command'])).toEqual([
    `deploy prod web ${first.slice(0, 10)}`,
    'deploy prod',
    'rollback prod',
  ]);
});

describe('where approvals are wanted', () => {
  beforeEach(() => {
    const deploy = { ...prod.deploy, approvals: { count: 1, teams: [] } };
    server.settings = { ...enforced, environments: new Map([['prod', { ...prod, deploy }]]) };
  });

  test('a commit that came by no pull is refused: nobody could give one', async () => {
    const [, second] = server.commits;

    expect(await ask()).toMatchObject({
      status: 409,
      body: { detail: expect.stringMatching(`^${second.slice(0, 7)} comes to web by no pull.*/fairlead deploy prod`) },
    });
  });

  test('a commit that came by a pull is deployed with it', async () => {
    const [, second] = server.commits;
    server.pulls.set(second, 17);

    const answer = await ask();
    const [deployment] = await settled();

    expect(answer.status).toBe(202);
    expect(deployment).toMatchObject({ commit: second, pulls: [17] });
  });
});

test('a commit older than a merge that waits is refused', async () => {
  const [first, second] = server.commits;
  const { store } = server.folder;
  const place = { application: 'web', environment: 'prod', cluster: 'prod-eu', commit: second, pulls: [] };
  const { id: _, ...draft } = deploymentOf({ ...place, id: '', state: 'waiting', trigger: 'merge' });
  const { id } = await store.deployments.create(null, draft);

  const older = await ask({ commit: first });
  const newest = await ask();
  await settled();

  expect(older).toMatchObject({
    status: 409,
    body: { detail: `${id} waits for web in prod with a newer commit; let that go on first, or roll back` },
  });
  expect(newest.status).toBe(202);
});

test('a repository may be called by its name in any case, and goes without saying where it is the only one', async () => {
  const answers = [await ask({ repo: null }), await ask({ repo: 'ACME/shop' })];
  await settled();
  await server.folder.store.repos.see(null, { ...shop, id: 43, fullName: 'acme/other' });

  expect(answers.map(({ status, body }) => [status, body])).toEqual([
    [202, expect.objectContaining({ queued: expect.objectContaining({ repo: 'acme/shop' }) })],
    [202, expect.anything()],
  ]);
  expect(await ask({ repo: null })).toMatchObject({
    status: 404,
    body: { detail: 'the server knows several repositories; name one: acme/shop, acme/other' },
  });
});
