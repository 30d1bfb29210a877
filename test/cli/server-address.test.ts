import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as send } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { announce } from '../../src/server/announce.ts';
import { type AskedServer, apiToken, askedServer } from '../support/asked-server.ts';
import { expectRefusal } from '../support/calm.ts';
import { fairlead, type Run } from '../support/command-line.ts';
import { selfSigned } from '../support/self-signed.ts';
import { json, listen } from '../world/cluster/peer.ts';

const folder = mkdtempSync(join(tmpdir(), 'fairlead-test-address-'));
const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

let server: AskedServer;
beforeAll(async () => {
  server = await askedServer();
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const nowhere = join(folder, 'nowhere');

/** A machine that has no data folder of a server. */
async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const told = await fairlead(args, { env: { FAIRLEAD_DATA: nowhere, ...env } });
  expect(told.stdout + told.stderr).not.toContain(env['FAIRLEAD_API_TOKEN'] ?? apiToken);
  return told;
}

const withToken = { FAIRLEAD_API_TOKEN: apiToken };

describe('a server is asked by its address, without its data folder:', () => {
  test('by --server and FAIRLEAD_API_TOKEN, and followed to its end', async () => {
    const { code, stdout, stderr } = await run(['deploy', 'prod', '--server', `${server.url}/`, '--wait'], withToken);

    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/^the deploy of everything in prod is queued[\s\S]*D-1 web@prod:prod-eu: healthy\n$/);
  });

  test('by FAIRLEAD_SERVER and a file with the token', async () => {
    const env = { FAIRLEAD_SERVER: server.url, FAIRLEAD_API_TOKEN_FILE: write('token', `${apiToken}\n`) };

    const { code, stderr } = await run(['deploy', 'prod', '--repo', 'Acme/Shop', '--app', 'web'], env);

    expect([code, stderr]).toEqual([0, expect.stringMatching(/^the deploy of web in prod is queued/)]);
  });

  test('by https where its authority is named, and not where it is unknown', async () => {
    const { cert, key } = selfSigned();
    const front = createSecureServer({ cert, key }, (request, response) => {
      const { method, url = '', headers } = request;
      request.pipe(
        send(`${server.url}${url}`, { method, headers }, (answer) => {
          response.writeHead(answer.statusCode ?? 0, answer.headers);
          answer.pipe(response);
        }),
      );
    });
    await new Promise<void>((done) => front.listen(0, '127.0.0.1', done));
    const args = ['deploy', 'prod', '--server', `https://127.0.0.1:${(front.address() as AddressInfo).port}`];

    const known = await run([...args, '--server-ca', write('ca.pem', cert)], withToken);
    const told = await run(args, { ...withToken, FAIRLEAD_SERVER_CA: join(folder, 'ca.pem') });
    const unknown = await run(args, withToken);
    await new Promise((done) => front.close(done));

    expect([known.code, told.code]).toEqual([0, 0]);
    expectRefusal(unknown, { code: 7, says: /the certificate of the server at .* is not trusted \(\w+\)$/ });
    expect(unknown.stderr).toContain('--server-ca');
  });

  test('but the folder is meant that --data names', async () => {
    const env = { ...withToken, FAIRLEAD_SERVER: server.url };

    expectRefusal(await run(['deploy', 'prod', '--data', nowhere], env), {
      code: 7,
      says: /no server runs on the data folder/,
    });
  });
});

test('the folder of a server that was given its token names the address, the variable the token', async () => {
  const withdraw = await announce(nowhere, { url: server.url, token: null });

  const known = await run(['deploy', 'prod'], withToken);
  const unknown = await run(['deploy', 'prod']);
  await withdraw();

  expect([known.code, known.stderr]).toEqual([0, expect.stringMatching(/is queued/)]);
  expectRefusal(unknown, { code: 2, says: /takes the token it was given, and FAIRLEAD_API_TOKEN is not set$/ });
});

describe('refused before anything is sent:', () => {
  const at = (url: string) => ['deploy', 'prod', '--server', url];
  test.each([
    [
      'plain http:// elsewhere',
      at('http://fairlead.example'),
      withToken,
      /not sent to http:\/\/fairlead\.example: plain/,
    ],
    ['plain http:// on every address', at('http://0.0.0.0:1'), withToken, /not sent to http:\/\/0\.0\.0\.0:1/],
    [
      'plain http:// by the variable',
      ['rollback', 'prod'],
      { ...withToken, FAIRLEAD_SERVER: 'http://10.0.0.1' },
      /10\.0/,
    ],
    [
      'a password in the address',
      at('https://anna:hunter2@fairlead.example'),
      withToken,
      /holds a user name or a pass/,
    ],
    ['a query', at('https://fairlead.example/?a=b'), withToken, /holds a query/],
    ['no address', at('fairlead.example'), withToken, /--server is no address of a server/],
    ['an empty address', at(''), { ...withToken, FAIRLEAD_SERVER: 'https://a.example' }, /--server is no address/],
    ['no token', at('https://fairlead.example'), {}, /wants a token, and FAIRLEAD_API_TOKEN is not set$/],
    [
      'a token with a line end',
      at('https://a.example'),
      { FAIRLEAD_API_TOKEN: `${apiToken}\nx` },
      /holds blanks, line/,
    ],
    ['a token given twice', at('https://a.example'), { ...withToken, FAIRLEAD_API_TOKEN_FILE: '/x' }, /both set$/],
    ['no such file', at('https://a.example'), { FAIRLEAD_API_TOKEN_FILE: '/no/token' }, /there is no such file$/],
    [
      'no authorities',
      [...at('https://a.example'), '--server-ca', '/no/ca'],
      withToken,
      /caFile \/no\/ca is of no use/,
    ],
  ])('%s', async (_title, args, env: Readonly<Record<string, string>>, says) => {
    const told = await run(args, env);

    expectRefusal(told, { code: 2, says });
    expect(told.stderr).not.toContain('hunter2');
  });

  test('an address and a data folder at once', async () => {
    const { code, stderr } = await run(['deploy', 'prod', '--server', server.url, '--data', nowhere], withToken);

    expect([code, stderr]).toEqual([2, expect.stringMatching(/--server.*cannot be used with.*--data/)]);
  });

  test('a server.json that names another machine by plain http://', async () => {
    await announce(nowhere, { url: 'http://192.0.2.1:3000', token: apiToken });

    expectRefusal(await run(['deploy', 'prod']), {
      code: 2,
      says: /the token is not sent to http:\/\/192\.0\.2\.1:3000/,
    });
  });
});

describe('who listens at an address and is not the server that is meant is told from it:', () => {
  const ask = (url: string, token = apiToken) =>
    run(['deploy', 'prod', '--server', url], { FAIRLEAD_API_TOKEN: token });

  test('nobody', async () => {
    const gone = await listen((_, response) => json(response, {}));
    await gone.close();

    expectRefusal(await ask(gone.url), { code: 7, says: /no server answers at http:\S+ \(ECONNREFUSED\)$/ });
  });

  test('a server with another token', async () => {
    const told = await ask(server.url, 'c'.repeat(40));

    expectRefusal(told, { code: 4, says: /takes another token than the one in FAIRLEAD_API_TOKEN$/ });
    expect(told.stderr).toContain('every replica');
  });

  test.each([
    ['a web page', 200, { 'content-type': 'text/html' }, '<h1>Welcome</h1>'],
    ['a worker, which has no API', 404, { 'content-type': 'application/json' }, '{"error":"not found"}'],
    ['one that wants a login', 401, {}, ''],
  ])('%s', async (_title, status, headers, text) => {
    const other = await listen((_, response) => void response.writeHead(status, headers).end(text));

    const told = await ask(other.url);
    await other.close();

    expectRefusal(told, {
      code: 7,
      says: new RegExp(`is no Fairlead that takes requests \\(it answers ${status}\\)$`),
    });
  });

  test('one that sends elsewhere, where the token is not shown', async () => {
    const elsewhere = await listen((_, response) => json(response, {}));
    const other = await listen((_, response) => void response.writeHead(307, { location: elsewhere.url }).end());

    const told = await ask(other.url);
    await Promise.all([other.close(), elsewhere.close()]);

    expectRefusal(told, { code: 7, says: /is no Fairlead that takes requests \(it answers 307\)$/ });
    expect(elsewhere.seen).toEqual([]);
  });

  test('a proxy whose servers are away', async () => {
    const proxy = createServer((_, response) => void response.writeHead(502).end('<h1>Bad Gateway</h1>'));
    await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));

    const told = await ask(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    await new Promise((done) => proxy.close(done));

    expectRefusal(told, { code: 5, says: /the server cannot: it answers 502/ });
  });
});
