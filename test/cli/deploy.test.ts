import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { defaultSettings } from '../../src/model/settings.ts';
import { announce } from '../../src/server/announce.ts';
import { type AskedServer, askedServer, prod } from '../support/asked-server.ts';
import { expectRefusal } from '../support/calm.ts';
import { fairlead } from '../support/command-line.ts';
import { shop } from '../support/deployments.ts';
import { type KeptFolder, keptFolder } from '../support/kept.ts';

let server: AskedServer;
let alone: KeptFolder;
let enforced: AskedServer['settings'];
beforeAll(async () => {
  [server, alone] = await Promise.all([askedServer(), keptFolder()]);
  enforced = server.settings;
  await alone.store.repos.see(null, shop);
});
beforeEach(() => {
  server.settings = enforced;
});
afterAll(() => Promise.all([server.stop(), alone.remove()]));

const run = (args: readonly string[], data = server.folder.path) => fairlead([...args, '--data', data]);

test('deploy and rollback go through the server, and --wait follows them to their end', async () => {
  const [first, second] = server.commits;

  const one = await run(['deploy', 'prod', '--commit', first, '--wait']);
  const two = await run(['deploy', 'prod', '--wait']);
  server.ends = 'failed';
  const three = await run(['rollback', 'prod', '--app', 'web', '--wait']);

  expect([one, two, three].map(({ code, stdout }) => [code, stdout])).toEqual([
    [0, ''],
    [0, ''],
    [6, ''],
  ]);
  expect(two.stderr).toMatch(
    /^the deploy of everything in prod is queued.*\n(?:D-2 .*\n)*D-2 web@prod:prod-eu: healthy\n$/,
  );
  const deployments = await server.folder.store.deployments.find({});
  expect(deployments.map(({ commit, trigger }) => [commit, trigger])).toEqual([
    [first, 'rollback'],
    [second, 'command'],
    [first, 'command'],
  ]);
  expect(deployments[0]?.actor).toMatch(/^cli:\S+$/);
});

test('what does not end in time is not known: exit code 3', async () => {
  server.ends = 'following';

  const { code, stderr } = await run(['deploy', 'prod', '--wait', '--timeout', '2s']);

  expect(code).toBe(3);
  expect(stderr).toMatch(/D-4 web@prod:prod-eu: (?:accepted|following)[\s\S]*time ran out: it is still under way/);
});

describe('refused with exit code 7:', () => {
  test('without a server', async () => {
    expectRefusal(await run(['deploy', 'prod'], alone.path), { code: 7, says: /no server runs on the data folder/ });
  });

  test('by a server.json that a server left behind', async () => {
    writeFileSync(join(alone.path, 'server.json'), '{"url": "http://127.0.0.1:1", "pid": 1}');
    writeFileSync(join(alone.path, 'api-token'), 'x');

    expectRefusal(await run(['rollback', 'prod'], alone.path), { code: 7, says: /no server runs on the data folder/ });
  });

  test('with the folder of another server', async () => {
    await announce(alone.path, { url: server.url, token: 'another' });

    expectRefusal(await run(['deploy', 'prod'], alone.path), { code: 7, says: /is not the one of the data folder/ });
  });

  test('in observe mode', async () => {
    server.settings = { ...defaultSettings, environments: new Map([['prod', prod]]) };

    expectRefusal(await run(['deploy', 'prod']), {
      code: 7,
      says: /refused: the mode is observe: nothing is deployed/,
    });
  });
});

test('an environment nobody knows is a usage error', async () => {
  expectRefusal(await run(['deploy', 'mars']), { code: 2, says: /there is no environment mars; there is prod/ });
});

test('where to ask and what to show are readable by their owner only, and gone after the stop', async () => {
  const folder = await keptFolder();
  const files = ['server.json', 'api-token'].map((name) => join(folder.path, name));
  for (const file of files) writeFileSync(file, 'old', { mode: 0o644 });

  const withdraw = await announce(folder.path, { url: 'http://0.0.0.0:3000', token: 'secret' });

  expect(files.map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600]);
  expect(JSON.parse(readFileSync(String(files[0]), 'utf8'))).toEqual({
    url: 'http://127.0.0.1:3000',
    pid: process.pid,
  });
  await withdraw();
  expect(files.map((file) => existsSync(file))).toEqual([false, false]);
  await folder.remove();
});
