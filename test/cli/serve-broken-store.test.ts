import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from '@jest/globals';
import { appPrivateKey } from '../support/app-key.ts';
import { fairlead } from '../support/command-line.ts';
import { kubeconfigAt, kubeconfigText } from '../support/kubeconfig.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'fairlead-test-broken-store-'));
const data = join(folder, 'data');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The list of repositories is now half a gigabyte: more than the thread of the database may hold. */
function swell(): void {
  const database = new DatabaseSync(join(data, 'fairlead.db'));
  database.exec(`drop table repos; create view repos as
    with recursive many (n) as (select 1 union all select n + 1 from many where n < 100)
    select 'k' || n as key, json_object('forge', printf('%.*c', 5000000, 'x')) as document from many`);
  database.close();
}

test('a server whose store broke ends by itself, with an error, having said so once', async () => {
  const env = {
    ...kubeconfigAt(join(folder, 'config'), kubeconfigText('https://127.0.0.1:1')),
    ...{ APP_ID: '1', PRIVATE_KEY: appPrivateKey(), WEBHOOK_SECRET: 'kq9-3mfw-7dux-2hva', FAIRLEAD_DATA: data },
  };
  const place = join(data, 'server.json');
  const asked = (async () => {
    await until('server.json', () => (existsSync(place) ? true : undefined));
    const { url } = JSON.parse(readFileSync(place, 'utf8'));
    swell();
    const answer = await fetch(`${url}/api/v1/redeployments`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${readFileSync(join(data, 'api-token'), 'utf8').trim()}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ repo: 'a/b', environment: 'prod', trigger: 'command', actor: 'cli:anna' }),
    });
    return answer.status;
  })();

  const run = await fairlead(['serve', '--host', '127.0.0.1', '--port', '0'], { cwd: folder, env });

  expect(await asked).toBe(503);
  expect(run.code).toBe(3);
  expect(run.stderr).toMatch(/the store \S+fairlead\.db failed: its thread ended: .*memory/);
  expect(run.stdout.split('\n').filter((line) => line.includes('its thread ended'))).toHaveLength(1);
  expect(existsSync(place)).toBe(false);
}, 120_000);
