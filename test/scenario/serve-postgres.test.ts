import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServices } from '../../src/app.ts';
import { serviceOptions } from '../../src/cli/context.ts';
import { appYaml } from '../../src/cli/demo/places.ts';
import { readStory } from '../../src/cli/demo/story.ts';
import type { RunningServer, ServeRun, Services } from '../../src/cli/services.ts';
import { type PretendGitHub, startGitHub } from '../../src/pretend/github/github.ts';
import type { PretendRepository } from '../../src/pretend/github/repository.ts';
import { openPostgresReadOnly } from '../../src/world/store/postgres/read-only.ts';
import { type OwnPostgres, ownPostgres, type TestDatabase } from '../support/postgres.ts';
import { until, untilHolds } from '../support/until.ts';

const secret = 'kq9-3mfw-7dux-2hva';
const story = readStory();
let postgres: OwnPostgres;
let database: TestDatabase;
let dir: string;
let services: Services;
let github: PretendGitHub;
let repository: PretendRepository;
const token = '0f9d1c5b7e3a48a2b6c4d8e0f1a39577';
let web: RunningServer;
const workers: RunningServer[] = [];

const serve = (role: NonNullable<ServeRun['role']>, name: string): Promise<RunningServer> =>
  services.serve({
    ...{ clusters: ['none'], environment: null, host: '127.0.0.1', port: 0, gitlab: null },
    ...{ databaseUrl: database.url, role, apiToken: token, dataDir: `${dir}/${name}` },
    pace: { forgeWrites: 250 },
    github: {
      appId: String(github.app.id),
      privateKey: github.app.privateKey,
      webhookSecrets: [secret],
      baseUrl: github.apiUrl,
    },
  });

beforeAll(async () => {
  const terminal = {
    out: () => undefined,
    err: () => undefined,
    progress: () => undefined,
    paint: (_: string, text: string) => text,
  };
  const options = { ...serviceOptions(process.env, terminal), logLevel: 'silent' };
  dir = await mkdtemp(join(tmpdir(), 'fairlead-test-parts-'));
  postgres = await ownPostgres();
  services = await createServices({ ...options, kubeconfig: join(dir, 'no-kubeconfig') });
  github = await startGitHub({
    ...{ appYaml: await appYaml(), now: () => new Date(), dir: join(dir, 'github'), bodies: 'trusted' },
  });
  database = await postgres.freshDatabase();
  web = await serve('web', 'web');
  github.hooks.deliverTo(`${web.url}/hooks/github`, secret);
  repository = await github.createRepo({ owner: 'acme', name: 'shop' });
  repository.setRole('octo-dev', 'write');
  await repository.commit('main', story.base, 'what runs');
}, 600_000);

afterAll(async () => {
  await Promise.all([web, ...workers].map(({ stop }) => stop()));
  await services.close();
  await github.close();
  await rm(dir, { recursive: true, force: true });
  await postgres.remove();
});

async function open(branch: string): Promise<string> {
  const sha = await repository.commit(branch, { 'README.md': `# ${branch}\n` }, branch);
  await repository.openPull({ title: branch, author: 'octo-dev', head: branch });
  return sha;
}

const checked = (sha: string): Promise<string | null> =>
  until(
    `the check of ${sha}`,
    () => repository.checkRuns(sha).find((check) => check.status === 'completed')?.conclusion ?? undefined,
  );

/** What a server answers who asks it for a deployment. */
async function asked(server: RunningServer): Promise<unknown> {
  const answer = await fetch(`${server.url}/api/v1/redeployments`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ environment: 'prod', trigger: 'command', actor: 'cli:anna' }),
  });
  return answer.json();
}

const ask = async (server: RunningServer, path: string, method = 'GET'): Promise<number> =>
  (await fetch(`${server.url}${path}`, { method })).status;

describe('the bot on PostgreSQL, in parts', () => {
  test('takes webhooks in by the one that runs no jobs, and reviews once a worker is there, which takes none in', async () => {
    const sha = await open('before-the-worker');
    const delivery = github.hooks.deliveries.findLast(({ event }) => event === 'pull_request');
    expect(delivery?.statuses).toEqual([202]);
    expect(repository.checkRuns(sha)).toEqual([]);

    workers.push(await serve('worker', 'worker'));

    expect(await checked(sha)).toBe('success');
    const [worker] = workers;
    if (worker === undefined) throw new Error('no worker');
    // It proves its access to the forge first, and an answer of the probe does not wait for that for long.
    await untilHolds('the worker to be ready', async () => (await ask(worker, '/readyz')) === 200);
    expect(await ask(worker, '/hooks/github', 'POST')).toBe(404);
    expect(await ask(worker, '/api/v1/redeployments', 'POST')).toBe(404);
    expect(await ask(web, '/api/v1/redeployments', 'POST')).toBe(401);
    expect(existsSync(`${dir}/worker/server.json`)).toBe(false);
  }, 120_000);

  test('keeps what it knows in the database, and nothing of it in a data folder', async () => {
    const store = await openPostgresReadOnly(database.url);
    const rows = await store.audit.read({ after: 0, limit: 100 });
    const repos = await store.repos.list();
    await store.close();

    expect(rows.map(({ action }) => action)).toContain('reviewed');
    expect(repos.map(({ fullName }) => fullName)).toEqual(['acme/shop']);
    for (const folder of ['web', 'worker']) {
      for (const file of ['fairlead.db', 'key']) expect(existsSync(`${dir}/${folder}/${file}`)).toBe(false);
    }
  });

  test('takes the token all replicas were given, by whichever address it is asked, and knows the same there', async () => {
    const other = await serve('web', 'other');

    const answers = [await asked(web), await asked(other)];
    await other.stop();

    const refused = { status: 404, detail: 'there is no environment prod' };
    expect(answers).toEqual([expect.objectContaining(refused), expect.objectContaining(refused)]);
    expect(existsSync(`${dir}/web/server.json`)).toBe(true);
    expect(existsSync(`${dir}/web/api-token`)).toBe(false);
  });

  test('says 503 while the database is down, and takes the webhook in and reviews when it is sent again', async () => {
    await postgres.stop();
    const sha = await open('while-down');
    const delivery = github.hooks.deliveries.findLast(({ event }) => event === 'pull_request');
    await postgres.start();

    expect(delivery?.statuses).toEqual([503]);
    await github.hooks.redeliver(delivery?.id ?? '');

    expect(delivery?.statuses).toEqual([503, 202]);
    expect(await checked(sha)).toBe('success');
  }, 120_000);
});
