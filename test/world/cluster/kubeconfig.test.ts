import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import { FairleadError } from '../../../src/model/error.ts';
import type { Json } from '../../../src/model/json.ts';
import { systemClock } from '../../../src/world/cluster/kubernetes/clock.ts';
import { createCredentials } from '../../../src/world/cluster/kubernetes/credentials.ts';
import { noProxies } from '../../../src/world/cluster/kubernetes/dispatcher.ts';
import {
  chooseContext,
  defaultKubeconfigPaths,
  readKubeconfig,
} from '../../../src/world/cluster/kubernetes/kubeconfig.ts';
import { openCluster } from '../../../src/world/cluster/kubernetes/open-cluster.ts';
import { kubeconfigOf, scriptedServer, sendJson, sendStatus } from './scripted-server.ts';

const signal = new AbortController().signal;
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-kubeconfig-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function write(name: string, content: string): Promise<string> {
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

function config(name: string, current: string): string {
  return `apiVersion: v1
kind: Config
current-context: ${current}
clusters: [{name: ${name}, cluster: {server: "https://${name}.example:6443"}}]
users: [{name: ${name}, user: {token: t}}]
contexts:
- {name: ${name}, context: {cluster: ${name}, user: ${name}, namespace: shop}}
- {name: shared, context: {cluster: ${name}, user: ${name}}}
`;
}

describe('reading a kubeconfig', () => {
  test('gives its contexts and the current one', async () => {
    const path = await write('config', config('one', 'one'));

    expect(await readKubeconfig({ paths: [path] })).toEqual({
      contexts: [
        { name: 'one', server: 'https://one.example:6443', namespace: 'shop' },
        { name: 'shared', server: 'https://one.example:6443', namespace: null },
      ],
      current: 'one',
    });
  });

  test('merges several files, the first to name a thing wins, absent files are passed over', async () => {
    const paths = [
      join(folder, 'absent'),
      await write('a', config('one', '""')),
      await write('b', config('two', 'two')),
    ];

    const { contexts, current } = await readKubeconfig({ paths });

    expect(current).toBe('two');
    expect(contexts.map(({ name, server }) => `${name} ${server}`)).toEqual([
      'one https://one.example:6443',
      'shared https://one.example:6443',
      'two https://two.example:6443',
    ]);
  });

  test.each([
    ['apiVersion: [', 'is not valid YAML'],
    ['just a text', 'cannot be used'],
    ['', 'cannot be used'],
    ['kind: Config', 'it holds no contexts'],
    ['clusters: [{cluster: {}}]', 'clusters[0].name is missing'],
  ])('refuses %j in one sentence', async (content, why) => {
    const path = await write('broken', content);

    const fault = await readKubeconfig({ paths: [path] }).catch((error: unknown) => error);

    expect(fault).toBeInstanceOf(FairleadError);
    expect(fault).toMatchObject({
      code: 'kubeconfig-unreadable',
      subject: path,
      message: expect.stringContaining(why),
    });
  });

  test('refuses an absent file, and having none at all', async () => {
    const path = join(folder, 'absent');
    const code = 'kubeconfig-unreadable';

    await expect(readKubeconfig({ paths: [path] })).rejects.toMatchObject({ code, subject: path });
    await expect(readKubeconfig({ paths: [path, path] })).rejects.toMatchObject({ code });
    await expect(readKubeconfig({ paths: [] })).rejects.toMatchObject({ code });
    await expect(readKubeconfig({ paths: [folder] })).rejects.toMatchObject({
      code,
      message: expect.stringContaining('EISDIR'),
    });
  });

  test('never quotes the lines around a fault, which may hold a token', async () => {
    const path = await write('broken', `users: [{name: a, user: {token: canary-token-12345}}]\ncontexts: [\n`);

    const fault = await readKubeconfig({ paths: [path] }).catch((error: Error) => error);

    expect(`${fault}${JSON.stringify(fault)}${String((fault as Error).cause)}`).not.toContain('canary');
  });

  test('finds the files kubectl would', () => {
    const KUBECONFIG = ['/a', '/b'].join(delimiter);

    expect(defaultKubeconfigPaths({ KUBECONFIG, HOME: '/home/u' })).toEqual(['/a', '/b']);
    expect(defaultKubeconfigPaths({ KUBECONFIG: '', HOME: '/home/u' })).toEqual(['/home/u/.kube/config']);
    expect(defaultKubeconfigPaths({})).toEqual([]);
  });
});

describe('choosing a context', () => {
  test('that is not there lists those that are', async () => {
    const path = await write('config', config('one', 'one'));
    const redactor = createRedactor({ key: new Uint8Array(32) });

    await expect(openCluster({ kubeconfig: { paths: [path] }, context: 'prod', redactor })).rejects.toMatchObject({
      code: 'unknown-context',
      message: 'The kubeconfig has no context "prod"; it has one, shared.',
    });
  });

  test('that names an undefined cluster is a fault of the kubeconfig', async () => {
    const text = 'contexts: [{name: a, context: {cluster: gone, user: u}}]';

    await expect(chooseContext({ text }, 'a')).rejects.toMatchObject({
      code: 'kubeconfig-unreadable',
      message: expect.stringContaining('names cluster "gone"'),
    });
  });
});

describe('the credentials of a context', () => {
  async function headersFor(user: Json): Promise<Readonly<Record<string, string>>> {
    const text = JSON.stringify(kubeconfigOf('https://one.example', user));
    const credentials = createCredentials(await chooseContext({ text }, 'scripted'), {
      server: 'scripted',
      clock: systemClock,
      proxies: noProxies,
    });
    try {
      return (await credentials.connection(signal)).headers;
    } finally {
      await credentials.close();
    }
  }

  async function plugin(script: string): Promise<Json> {
    const command = await write('plugin.sh', `#!/bin/sh\n${script}\n`);
    await chmod(command, 0o755);
    return { exec: { apiVersion: 'client.authentication.k8s.io/v1', command, args: [], interactiveMode: 'Never' } };
  }

  test.each([
    ['a token', { token: 'abc' }, { authorization: 'Bearer abc' }],
    ['a name and password', { username: 'u', password: 'p' }, { authorization: 'Basic dTpw' }],
    [
      'a token and someone to act as',
      { token: 'abc', as: 'jane' },
      { authorization: 'Bearer abc', 'impersonate-user': 'jane' },
    ],
    ['nothing', {}, {}],
  ])('from %s', async (_what, user, headers) => {
    expect(await headersFor(user)).toEqual(headers);
  });

  test('from a plugin', async () => {
    const answer =
      '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"from-plugin"}}';

    expect(await headersFor(await plugin(`echo '${answer}'`))).toEqual({ authorization: 'Bearer from-plugin' });
  });

  test('from a plugin are asked for again when the server does not accept them', async () => {
    const script = `echo x >> "$0.runs"
echo "{\\"status\\":{\\"token\\":\\"token-$(wc -l < "$0.runs" | tr -d ' ')\\"}}"`;
    const server = await scriptedServer(({ headers }, response) => {
      if (headers.authorization === 'Bearer token-2') return sendJson(response, 200, { gitVersion: 'v1.0.0' });
      return sendStatus(response, 401, 'Unauthorized');
    });
    const cluster = await server.open({}, await plugin(script));

    const version = await cluster.version(signal).finally(() => server.close());

    expect(version).toEqual({ gitVersion: 'v1.0.0' });
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  test('from a plugin that fails are missing, and what it printed is not repeated', async () => {
    const asked = headersFor(await plugin('echo "token canary-12345 expired" >&2; exit 1'));

    const fault = await asked.catch((error: Error) => error);

    expect(fault).toMatchObject({
      kind: 'unauthorized',
      code: 'cluster-credentials',
      message: expect.stringContaining('plugin.sh'),
    });
    expect(`${fault}${JSON.stringify(fault)}${String((fault as Error).cause)}`).not.toContain('canary');
  });

  test('from a plugin that is not installed name it', async () => {
    const asked = headersFor({ exec: { command: 'absent-credential-plugin' } });

    await expect(asked).rejects.toMatchObject({
      code: 'cluster-credentials',
      message: expect.stringMatching(/absent-credential-plugin.*\(ENOENT\)/),
    });
  });

  test('end the wait for a plugin that hangs when the caller gives up', async () => {
    const text = JSON.stringify(
      kubeconfigOf('https://one.example', await plugin('while [ -e "$0" ]; do sleep 0.1; done')),
    );
    const credentials = createCredentials(await chooseContext({ text }, 'scripted'), {
      server: 'scripted',
      clock: systemClock,
      proxies: noProxies,
    });

    await expect(credentials.connection(AbortSignal.timeout(100))).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});
