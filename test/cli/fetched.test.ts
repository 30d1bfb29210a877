import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createPlainServer, type Server as PlainServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { expectCalm } from '../support/calm.ts';
import { buildingModules, fairlead, modulesBuilt, type Run } from '../support/command-line.ts';
import { pullRepository } from '../support/pull-repository.ts';
import { selfSigned } from '../support/self-signed.ts';
import { chartOf } from '../world/sources/archive/archives.ts';

const identity = selfSigned();
const asked: string[] = [];
let files: Readonly<Record<string, Buffer | string>> = {};
let server: Server;
let origin: string;
let folder: string;
const hubs: PlainServer[] = [];
let repository: ReturnType<typeof pullRepository>;

beforeAll(modulesBuilt, buildingModules);
beforeAll(async () => {
  server = createServer({ cert: identity.cert, key: identity.key }, (request, response) => {
    const path = request.url ?? '';
    asked.push(`${path} ${request.headers.authorization ?? ''}`.trim());
    const found = files[path];
    response.writeHead(found === undefined ? 404 : 200).end(found);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const archive = await chartOf('dep', '1.2.3');
  const digest = createHash('sha256').update(archive).digest('hex');
  const index = `apiVersion: v1
entries:
  dep:
  - {apiVersion: v2, name: dep, version: 1.2.3, digest: ${digest}, urls: [dep-1.2.3.tgz]}
`;
  files = { '/charts/index.yaml': index, '/charts/dep-1.2.3.tgz': archive };
  folder = mkdtempSync(join(tmpdir(), 'fairlead-fetched-'));
  writeFileSync(join(folder, 'ca.pem'), identity.cert);
  repository = pullRepository(
    {
      'charts/shop/Chart.yaml': `apiVersion: v2
name: shop
version: 1.0.0
dependencies:
- {name: dep, version: 1.2.3, repository: 'https://${origin}/charts'}
`,
      'charts/shop/templates/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own}\n',
      'charts/shop/values.yaml': 'a: 1\n',
    },
    { 'charts/shop/values.yaml': 'a: 2\n' },
  );
});
afterAll(async () => {
  for (const hub of hubs) hub.close();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
  repository.remove();
});

function configuration(name: string, sources: string): string {
  const path = join(folder, name);
  writeFileSync(path, sources);
  return path;
}

/** The API server of a cluster that holds these objects, and what it was asked. */
async function startHub(objects: Readonly<Record<string, object>>) {
  const seen: string[] = [];
  const hub = createPlainServer(({ method, url = '', headers }, response) => {
    seen.push(`${method} ${url} ${headers.authorization}`);
    const found = objects[url];
    const status = { kind: 'Status', message: 'secrets "none" not found', reason: 'NotFound' };
    response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found ?? status));
  });
  await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve));
  hubs.push(hub);
  writeFileSync(join(folder, 'hub-token'), 'for-hub');
  return { hub: `http://127.0.0.1:${(hub.address() as AddressInfo).port}`, seen };
}

function secretFile(hub: string, name = 'charts'): string {
  return `version: 1
clusters:
  hub: {tls: insecure, plan: {serviceAccount: {server: '${hub}', tokenFile: hub-token}}}
sources:
  allow: ['${origin}']
  private: [127.0.0.1]
  hosts:
    '${origin}': {caFile: ca.pem, secret: {cluster: hub, namespace: flux-system, name: ${name}}}
`;
}

async function run(...args: readonly string[]): Promise<Run> {
  const result = await fairlead(args, { cwd: repository.path, env: { TOKEN: 'for-charts' } });
  expectCalm(result);
  return result;
}

describe('a chart whose dependency is elsewhere', () => {
  const allowed = (): string =>
    configuration(
      'allowed.yaml',
      `version: 1
sources:
  allow: ['${origin}']
  private: [127.0.0.1]
  hosts:
    '${origin}': {caFile: ca.pem, tokenEnv: TOKEN}
# The server's own secrets are not on this machine, and not asked for.
forges:
  github: {kind: github, appId: 1, privateKeyFile: absent.pem, webhookSecretFile: absent}
`,
    );

  test('is refused, and nobody is asked, while its host is not listed: the error says where to list it', async () => {
    const { code, stderr } = await run('render', 'charts/shop');

    expect([code, asked]).toEqual([3, []]);
    expect(stderr).toContain(origin.split(':')[0] ?? '');
    expect(stderr).toMatch(/sources\.allow|allow/);
  });

  test('is rendered with what was fetched, once its host is listed; credentials go there and nowhere else', async () => {
    const { stdout, stderr, code } = await run('render', 'charts/shop', '--config', allowed(), '-o', 'json');

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const objects = JSON.parse(stdout) as readonly { readonly metadata: { readonly name: string } }[];
    expect(objects.length).toBeGreaterThan(1);
    expect(asked).toContain('/charts/dep-1.2.3.tgz Bearer for-charts');
  });

  test('is rendered with credentials out of a Secret, which are in nothing that is printed', async () => {
    const place = '/api/v1/namespaces/flux-system/secrets/charts';
    const data = { token: Buffer.from('CANARY-of-a-secret').toString('base64') };
    const { hub, seen } = await startHub({ [place]: { apiVersion: 'v1', kind: 'Secret', data } });
    const told = configuration('secret.yaml', secretFile(hub));

    const { code, stdout, stderr } = await run('render', 'charts/shop', '--config', told);
    const missing = await run('render', 'charts/shop', '--config', configuration('none.yaml', secretFile(hub, 'none')));

    expect([code, stderr]).toEqual([0, '']);
    expect(asked.at(-1)).toBe('/charts/index.yaml Bearer CANARY-of-a-secret');
    expect(seen[0]).toBe(`GET ${place} Bearer for-hub`);
    expect(missing.code).toBe(3);
    expect(missing.stderr).toMatch(/Secret flux-system\/none of cluster hub.*get secrets flux-system\/none/s);
    expect([stdout, missing.stdout, missing.stderr].join()).not.toContain('CANARY');
  });

  test('is fetched once: the next command has it from the disk', async () => {
    await run('render', 'charts/shop', '--config', allowed());
    asked.length = 0;

    const { code } = await run('render', 'charts/shop', '--config', allowed());

    expect(code).toBe(0);
    expect(asked.filter((path) => path.includes('.tgz'))).toEqual([]);
  });

  test('is reviewed on both sides of a pull', async () => {
    const { stdout, code } = await run('review', '--config', allowed(), '--cluster', 'none', '--format', 'json');

    const review = JSON.parse(stdout) as { readonly targets: readonly { readonly error: string | null }[] };
    expect([code, review.targets.map(({ error }) => error)]).toEqual([0, [null]]);
  });
});
