import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openPostgres } from '../../src/world/store/postgres/postgres.ts';
import { appPrivateKey } from '../support/app-key.ts';
import { expectRefusal } from '../support/calm.ts';
import { fairlead } from '../support/command-line.ts';
import { driftOf, shop } from '../support/deployments.ts';
import { kubeconfigAt, kubeconfigText } from '../support/kubeconfig.ts';
import { freshDatabase, type TestDatabase } from '../support/postgres.ts';

const folder = mkdtempSync(join(tmpdir(), 'fairlead-test-serve-postgres-'));
const data = join(folder, 'data');
let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

const serve = (args: readonly string[], env: Readonly<Record<string, string>>, interruptAt?: RegExp) =>
  fairlead(['serve', '--host', '127.0.0.1', '--port', '0', '--data', data, ...args], {
    cwd: folder,
    env: {
      ...kubeconfigAt(join(folder, 'config'), kubeconfigText('https://127.0.0.1:1')),
      ...{ APP_ID: '1', PRIVATE_KEY: appPrivateKey(), WEBHOOK_SECRET: 'kq9-3mfw-7dux-2hva', ...env },
    },
    ...(interruptAt === undefined ? {} : { interruptAt }),
  });

describe('serve on PostgreSQL refuses to start', () => {
  test.each([
    [
      'as one of several on a data folder',
      ['--role', 'web'],
      {},
      { code: 2, says: /--role web is for several processes/ },
    ],
    [
      'with an address that is none',
      [],
      { DATABASE_URL: 'mysql://a:hunter2-hunter2@b/c' },
      { code: 2, says: /DATABASE_URL is no address of a PostgreSQL database/ },
    ],
    ['with a file that is not there', [], { DATABASE_URL_FILE: '/nowhere/url' }, { code: 2, says: /\/nowhere\/url/ }],
    [
      'where no database listens',
      [],
      { DATABASE_URL: 'postgres://a:hunter2-hunter2@127.0.0.1:1/c' },
      { code: 3, says: /the store postgres:\/\/127\.0\.0\.1:1\/c failed: .*ECONNREFUSED/ },
    ],
  ])('%s', async (_title, args, env, refusal) => {
    const run = await serve(args, env);

    expectRefusal(run, refusal);
    expect(run.stdout + run.stderr).not.toContain('hunter2');
  });
});

test('serve names the roles there are', async () => {
  const { code, stderr } = await serve(['--role', 'boss'], {});

  expect(code).toBe(2);
  expect(stderr).toContain('all, web, worker');
});

test('serve takes the address from a file, keeps nothing in the data folder, and never says the password', async () => {
  const file = join(folder, 'database-url');
  writeFileSync(file, `${database.url}\n`);

  const run = await serve(['--role', 'all'], { DATABASE_URL_FILE: file }, /listens on/);

  expect(run.code).toBe(0);
  expect(run.stderr).toMatch(/fairlead listens on http:\/\/127\.0\.0\.1:\d+/);
  expect(['fairlead.db', 'key'].filter((name) => existsSync(join(data, name)))).toEqual([]);
  expect(run.stdout + run.stderr).not.toContain(new URL(database.url).password);
});

test('status, drift, trace and audit read PostgreSQL while DATABASE_URL names it', async () => {
  const { store, close } = await openPostgres({ url: database.url, now: () => new Date(), random: Math.random });
  await store.repos.see(null, shop);
  await store.drift.save(null, driftOf({ id: 'd-3f9a12' }));
  await store.audit.append(null, { actor: 'octo-dev', action: 'deploy-healthy', subject: 'D-1', data: {} });
  const env = { DATABASE_URL: database.url };
  const run = async (...args: readonly string[]) => {
    const { code, stdout } = await fairlead(args, { env });
    return { code, stdout };
  };

  const read = await Promise.all([
    run('drift', '--format', 'json'),
    run('audit', 'export'),
    run('audit', 'verify'),
    run('status'),
    run('trace', 'deployment/shop/orders'),
  ]);
  await close();

  const [drift, exported, verified] = read;
  expect(drift?.stdout).toContain('d-3f9a12');
  expect(exported?.stdout).toContain('deploy-healthy');
  expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining('1 row') });
  expect(read.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
});
