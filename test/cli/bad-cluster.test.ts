import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { expectCalm, expectRefusal } from '../support/calm.ts';
import { fairlead, type Run } from '../support/command-line.ts';
import { canaryToken, kubeconfigAt, kubeconfigText } from '../support/kubeconfig.ts';
import { configMap, pullRepository } from '../support/pull-repository.ts';

const repository = pullRepository(
  { 'envs/prod/a.yaml': configMap('a') },
  { 'envs/prod/a.yaml': configMap('a', 'key: other') },
);
const folder = mkdtempSync(join(tmpdir(), 'fairlead-test-kubeconfig-'));
const open = new Set<Server>();
const sockets = new Set<Socket>();

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all([...open].map((server) => new Promise((resolve) => server.close(resolve))));
  rmSync(folder, { recursive: true, force: true });
  repository.remove();
});

async function listen(server: Server): Promise<number> {
  open.add(server);
  server.on('connection', (socket) => {
    sockets.add(socket);
    // The program hangs up when it has waited long enough: that is what is looked for here.
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function answering(status: number, body: object | string): RequestListener {
  const isText = typeof body === 'string';
  return (_request, response) => {
    response.writeHead(status, { 'content-type': isText ? 'text/html' : 'application/json' });
    response.end(
      isText ? body : JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: status, ...body }),
    );
  };
}

function review(env: Readonly<Record<string, string>>, cluster = 'prod'): Promise<Run> {
  return fairlead(['review', '--cluster', `prod=${cluster}`], { cwd: repository.path, env });
}

describe('a kubeconfig that cannot be used is refused before any work:', () => {
  const cases = [
    { what: 'a missing file', path: 'missing', says: /missing cannot be used: there is no such file\.$/ },
    { what: 'a folder', path: '', says: /cannot be used: it cannot be read \(EISDIR\)\.$/ },
    { what: 'an empty file', text: '', says: /cannot be used: it is empty\.$/ },
    {
      what: 'broken YAML',
      text: `clusters: [\n  token: ${canaryToken}\n - x: {`,
      says: /cannot be used: line 3 is not valid YAML/,
    },
    { what: 'YAML of something else', text: 'kind: Pod\n', says: /cannot be used: / },
    {
      what: 'a server that is no address',
      text: kubeconfigText('not a url'),
      says: /server of its cluster "c" is no http/,
    },
    {
      what: 'a server of another protocol',
      text: kubeconfigText('file:///etc/passwd'),
      says: /is no http or https address/,
    },
  ];

  test.each(cases)('$what', async ({ path = 'config', text, says }) => {
    const file = join(folder, path);
    const env = text === undefined ? { KUBECONFIG: file } : kubeconfigAt(file, text);

    const run = await review(env);

    expectRefusal(run, { code: 2, says });
    expect(run.stderr).toContain(file);
  });

  test('an unknown context is told with those that exist', async () => {
    const run = await review(kubeconfigAt(join(folder, 'config'), kubeconfigText('https://127.0.0.1:1')), 'stage');

    expectRefusal(run, { code: 2, says: /has no context "stage"; it has prod\.$/ });
  });
});

describe('a cluster that is named and not read leaves the review incomplete:', () => {
  const ports = new Map<string, number>();
  beforeAll(async () => {
    const gone = createServer();
    ports.set('gone', await listen(gone));
    await new Promise((resolve) => gone.close(resolve));
    open.delete(gone);
    ports.set('hanging', await listen(createServer()));
    ports.set('resetting', await listen(createServer((socket) => void socket.resetAndDestroy())));
    ports.set('page', await listen(createHttp(answering(200, `<html>${canaryToken}</html>`))));
    ports.set(
      'stranger',
      await listen(createHttp(answering(401, { message: 'Unauthorized', reason: 'Unauthorized' }))),
    );
    const forbidden = { message: `you may not, ${canaryToken}`, reason: 'Forbidden' };
    ports.set('forbidding', await listen(createHttp(answering(403, forbidden))));
  });

  const cases = [
    { name: 'hanging', scheme: 'https', says: /did not answer within 2.5 s/ },
    { name: 'hanging', scheme: 'http', says: /did not answer within 2.5 s/ },
    { name: 'gone', scheme: 'https', says: /refused the connection/ },
    { name: 'resetting', scheme: 'https', says: /broke the connection/ },
    { name: 'page', scheme: 'http', says: /gave an answer that is not JSON/ },
    { name: 'stranger', scheme: 'http', says: /refused to ask for its version: Unauthorized/ },
    { name: 'forbidding', scheme: 'http', says: /refused to ask for its version/ },
  ];

  test.each(cases)('$name over $scheme', async ({ name, scheme, says }) => {
    const server = `${scheme}://127.0.0.1:${ports.get(name)}`;

    const run = await review(kubeconfigAt(join(folder, 'config'), kubeconfigText(server)));

    process.stdout.write(`${Math.round(run.milliseconds)} ms  ${name} over ${scheme}\n`);
    expectCalm(run);
    expect(run.code).toBe(3);
    expect(run.stdout).toMatch(/^❔ Incomplete — 1 target not fully worked out/);
    expect(run.stdout).toContain('No cluster was read: no cluster could be read. Base is compared with head in Git.');
    const told = run.stdout.split('\n').filter((line) => line.includes('was not read: '));
    expect(told).toEqual([expect.stringMatching(says)]);
    expect(told[0]).toContain(`cluster prod was not read: Cluster prod (127.0.0.1:${ports.get(name)})`);
    expect(run.stdout).toContain('data.key: value → other');
  });

  test('Ctrl-C while a cluster is waited for ends with 130 and leaves nothing behind', async () => {
    const server = createServer();
    const connected = new Promise((resolve) => server.once('connection', resolve));
    const port = await listen(server);
    const env = kubeconfigAt(join(folder, 'config'), kubeconfigText(`http://127.0.0.1:${port}`));
    const args = ['review', '--cluster', 'prod=prod'];

    const run = await fairlead(args, { cwd: repository.path, env, interruptOn: connected });

    expectCalm(run);
    expect(run).toMatchObject({ code: 130, stdout: '', stderr: '' });
  });

  test('a name that does not resolve', async () => {
    const kubeconfig = kubeconfigAt(join(folder, 'config'), kubeconfigText('https://no-such-host.invalid'));
    const run = await review({ ...kubeconfig, FAIRLEAD_INSECURE_TLS: 'prod' });

    expectCalm(run);
    expect(run.code).toBe(3);
    expect(run.stdout).toMatch(
      /Cluster prod \(no-such-host\.invalid\) (?:has a name that cannot be resolved|cannot|did)/,
    );
  });

  test('diff has nothing to compare with, so it is refused as unreachable', async () => {
    const env = kubeconfigAt(join(folder, 'config'), kubeconfigText(`https://127.0.0.1:${ports.get('gone')}`));

    const run = await fairlead(['diff', '.', '--cluster', 'prod'], { cwd: repository.path, env });

    expectRefusal(run, { code: 5, says: /^fairlead: Cluster prod .* refused the connection/ });
  });

  test('diff without permission ends with the exit code of a permission', async () => {
    const env = kubeconfigAt(join(folder, 'config'), kubeconfigText(`http://127.0.0.1:${ports.get('stranger')}`));

    const run = await fairlead(['diff', '.', '--cluster', 'prod'], { cwd: repository.path, env });

    expectRefusal(run, { code: 4, says: /Unauthorized/ });
  });
});

describe('one cluster for several environments', () => {
  test('is a usage error that lists the environments', async () => {
    const both = pullRepository({ 'envs/prod/a.yaml': configMap('a') }, { 'envs/staging/a.yaml': configMap('a') });
    const env = kubeconfigAt(join(folder, 'config'), kubeconfigText('https://127.0.0.1:1'));

    const run = await fairlead(['review', '--cluster', 'prod'], { cwd: both.path, env });

    expectRefusal(run, { code: 2, says: /names no environment, but the repository has 2: prod, staging/ });
    both.remove();
  });

  test('none of which changes says that no cluster is named for them', async () => {
    const both = pullRepository(
      { 'envs/dev/a.yaml': configMap('a'), 'envs/prod/a.yaml': configMap('a') },
      { 'envs/prod/a.yaml': configMap('a', 'key: other') },
    );
    const env = kubeconfigAt(join(folder, 'config'), kubeconfigText('https://127.0.0.1:1'));

    const run = await fairlead(['review', '--cluster', 'dev=prod'], { cwd: both.path, env });

    expectCalm(run);
    expect(run.stdout).toContain('no cluster is named for the environments that change (--cluster ENV=CONTEXT)');
    both.remove();
  });

  test('one that the repository does not have is a usage error that names those it has', async () => {
    const env = kubeconfigAt(join(folder, 'config'), kubeconfigText('https://127.0.0.1:1'));

    const run = await fairlead(['review', '--cluster', 'prd=prod'], { cwd: repository.path, env });

    expectRefusal(run, { code: 2, says: /names the environment prd, which the repository does not have/ });
  });
});
