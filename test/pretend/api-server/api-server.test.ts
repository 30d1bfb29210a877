import { get as httpGet } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type Json, type JsonObject, pick, pickText } from '../../../src/model/json.ts';
import type { ApiServer, ApiServerOptions } from '../../../src/pretend/api-server/api-server.ts';
import { applying, deployment, mergeModule, type Received, send, startPretend, widgets } from './support.ts';

let server: ApiServer;

afterEach(async () => {
  await server.close();
});

const cm = (name: string, more: Readonly<Record<string, Json>> = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...more },
});
const maps = '/api/v1/namespaces/default/configmaps';

async function start(changes: Partial<ApiServerOptions> = {}): Promise<void> {
  server = await startPretend(changes);
}

function ask(method: string, path: string, body?: Json): Promise<Received> {
  return send(server.url, { method, path, ...(body !== undefined && { body }) });
}

describe('start', () => {
  test('listens before the merge module is loaded', async () => {
    const path = await mergeModule();
    const before = performance.now();

    await start({ mergeModule: path });

    const took = performance.now() - before;
    expect((await ask('GET', '/healthz')).text).toBe('ok');
    expect(took).toBeLessThan(1000);
  });

  test('has the seed with its status, its namespaces and its manager', async () => {
    const seed = [{ ...deployment(), metadata: { name: 'web', namespace: 'shop' }, status: { replicas: 2 } }, widgets];
    await start({ seed, seedManager: 'gitops' });

    await server.ready;

    const { body } = await ask('GET', '/apis/apps/v1/namespaces/shop/deployments/web');
    expect(pick(body, 'status', 'replicas')).toBe(2);
    expect(JSON.stringify(pick(body, 'metadata', 'managedFields'))).toContain('"manager":"gitops"');
    expect((await ask('GET', '/apis/example.com/v1/namespaces/shop/widgets')).status).toBe(200);
    expect(server.objects().map((object) => object.kind)).toContain('CustomResourceDefinition');
  });

  test('tells which seed object is refused', async () => {
    await start({ seed: [deployment({ selector: { matchLabels: { app: 'other' } } })] });

    await expect(server.ready).rejects.toThrow("the seed's Deployment web was refused");
  });

  test('logs every request', async () => {
    await start();

    await ask('GET', `${maps}?limit=1`);

    expect(server.requests).toEqual([{ method: 'GET', path: `${maps}?limit=1` }]);
  });
});

describe('users', () => {
  const reader = { name: 'reader', token: 'reading', verbs: ['get', 'list'] };
  const as = (token: string, more: Readonly<Record<string, string>> = {}) => ({
    authorization: `Bearer ${token}`,
    ...more,
  });

  test('without a known token are unauthorized', async () => {
    await start({ token: 'secret' });

    const answers = [
      await send(server.url, { method: 'GET', path: maps }),
      await send(server.url, { method: 'GET', path: maps, headers: as('no') }),
    ];

    expect(answers.map(({ status, body }) => [status, body.reason])).toEqual([
      [401, 'Unauthorized'],
      [401, 'Unauthorized'],
    ]);
  });

  test('may do what their verbs say', async () => {
    await start({ token: 'secret', users: [reader] });

    const read = await send(server.url, { method: 'GET', path: maps, headers: as('reading') });
    const written = await send(server.url, { ...applying(`${maps}/a`, cm('a')), headers: as('reading') });

    expect(read.status).toBe(200);
    expect(written.status).toBe(403);
    expect(written.body.message).toBe(
      'configmaps "a" is forbidden: User "reader" cannot patch resource "configmaps" in API group "" in the namespace "default"',
    );
  });

  test('act as whom they impersonate, when they may', async () => {
    await start({ token: 'secret', users: [reader] });
    const written = (token: string) =>
      send(server.url, { ...applying(`${maps}/a`, cm('a')), headers: as(token, { 'impersonate-user': 'planner' }) });

    expect(String((await written('secret')).body.message)).toContain('User "planner" cannot patch');
    expect(String((await written('reading')).body.message)).toContain('User "reader" cannot impersonate');
  });
});

describe('lists', () => {
  test('come in pages, each object once', async () => {
    await start({ seed: ['a', 'b', 'c'].map((name) => cm(name)) });

    const one = await ask('GET', `${maps}?limit=2`);
    const two = await ask('GET', `${maps}?limit=2&continue=${pickText(one.body, 'metadata', 'continue')}`);

    const names = [one, two].map(({ body }) =>
      (body.items as JsonObject[]).map((item) => pickText(item, 'metadata', 'name')),
    );
    expect(names).toEqual([['a', 'b'], ['c']]);
    expect(pick(one.body, 'metadata', 'remainingItemCount')).toBe(1);
    expect(pick(two.body, 'metadata', 'continue')).toBeUndefined();
  });

  test.each([
    ['labelSelector=tier%3Dfront', ['a']],
    ['labelSelector=tier%21%3Dfront', ['b', 'c']],
    ['labelSelector=tier+in+(front,back)', ['a', 'b']],
    ['labelSelector=tier+notin+(front),tier', ['b']],
    ['labelSelector=%21tier', ['c']],
    ['fieldSelector=metadata.name%3Db', ['b']],
  ])('select by %s', async (query, expected) => {
    const seed = [cm('a', { labels: { tier: 'front' } }), cm('b', { labels: { tier: 'back' } }), cm('c')];
    await start({ seed });

    const { body } = await ask('GET', `${maps}?${query}`);

    expect((body.items as JsonObject[]).map((item) => pickText(item, 'metadata', 'name'))).toEqual(expected);
  });

  test('refuse a field that cannot be selected by, and a broken continue', async () => {
    await start();

    const answers = [await ask('GET', `${maps}?fieldSelector=spec.x%3Da`), await ask('GET', `${maps}?continue=%7B`)];

    expect(answers.map(({ status, body }) => [status, body.message])).toEqual([
      [400, 'field label not supported: spec.x'],
      [400, 'continue key is not valid'],
    ]);
  });
});

describe('deletes', () => {
  test('wait for finalizers, then the object goes', async () => {
    await start({ seed: [cm('held', { finalizers: ['example.com/hold'] })] });

    const deleted = await ask('DELETE', `${maps}/held`);
    const marked = await ask('GET', `${maps}/held`);
    await send(server.url, {
      method: 'PATCH',
      path: `${maps}/held`,
      type: 'application/merge-patch+json',
      body: { metadata: { finalizers: null } },
    });

    expect(deleted.body.kind).toBe('ConfigMap');
    expect(pick(marked.body, 'metadata', 'deletionTimestamp')).toBeDefined();
    expect((await ask('GET', `${maps}/held`)).status).toBe(404);
  });

  test('of a namespace or a definition take along what is in it', async () => {
    const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' }, spec: { size: 1 } };
    await start({ seed: [{ ...cm('a'), metadata: { name: 'a', namespace: 'shop' } }, widgets, widget] });

    await ask('DELETE', '/api/v1/namespaces/shop');
    await ask('DELETE', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com');

    const kinds = server.objects().map((object) => object.kind);
    expect(kinds).not.toContain('ConfigMap');
    expect(kinds).not.toContain('Widget');
    expect((await ask('GET', '/apis/example.com/v1/widgets')).status).toBe(404);
  });
});

describe('watches', () => {
  test('go on from a version and see objects come into and leave a selector', async () => {
    await start({ seed: [cm('a', { labels: { tier: 'front' } })] });
    await server.ready;
    const version = pickText((await ask('GET', maps)).body, 'metadata', 'resourceVersion');
    const lines = watchLines(`${maps}?watch=1&resourceVersion=${version}&labelSelector=tier%3Dfront`, 2);

    await send(server.url, applying(`${maps}/b`, cm('b', { labels: { tier: 'front' } })));
    await send(server.url, { ...applying(`${maps}/a`, cm('a', { labels: { tier: 'back' } }), '&force=true') });

    expect((await lines).map((line) => [line.type, pickText(line, 'object', 'metadata', 'name')])).toEqual([
      ['ADDED', 'b'],
      ['DELETED', 'a'],
    ]);
  });

  test('from a version that is gone end with an error 410', async () => {
    await start({ seed: [cm('a')] });
    await server.ready;
    server.compact();

    const [line] = await watchLines(`${maps}?watch=1&resourceVersion=1`, 1);

    expect(line).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } });
  });

  test('mark the end of what was there', async () => {
    await start({ seed: [cm('a')] });
    await server.ready;

    const query = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const lines = await watchLines(`${maps}?${query}`, 2);

    expect(lines.map((line) => line.type)).toEqual(['ADDED', 'BOOKMARK']);
    expect(pick(lines[1], 'object', 'metadata', 'annotations')).toEqual({ 'k8s.io/initial-events-end': 'true' });
  });
});

describe('what is served', () => {
  test('is told in the plain and the aggregated form alike', async () => {
    await start({ seed: [widgets] });

    const groups = await ask('GET', '/apis');
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
    const aggregated = await send(server.url, { method: 'GET', path: '/apis', headers: { accept } });
    const plain = await ask('GET', '/apis/example.com/v1');

    const plainNames = (groups.body.groups as JsonObject[]).map((group) => group.name);
    const names = (aggregated.body.items as JsonObject[]).map((group) => pickText(group, 'metadata', 'name'));
    expect(names).toEqual(plainNames);
    expect(names).toEqual(expect.arrayContaining(['apps', 'example.com']));
    expect((plain.body.resources as JsonObject[]).map((resource) => resource.name)).toEqual([
      'widgets',
      'widgets/status',
    ]);
  });

  test('changes the hash of a group version when its definitions change', async () => {
    await start({ seed: [widgets] });
    const hash = async () =>
      pickText((await ask('GET', '/openapi/v3')).body, 'paths', 'apis/example.com/v1', 'serverRelativeURL');
    const before = await hash();

    await send(server.url, {
      method: 'PATCH',
      path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com',
      type: 'application/merge-patch+json',
      body: { spec: { names: { shortNames: ['wg'] } } },
    });

    expect(before).toMatch(/^\/openapi\/v3\/apis\/example.com\/v1\?hash=/);
    expect(await hash()).not.toBe(before);
  });
});

/** The first lines of a watch. */
function watchLines(path: string, count: number): Promise<readonly JsonObject[]> {
  return new Promise((resolve, reject) => {
    const request = httpGet(new URL(path, server.url), (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        const lines = text.split('\n').slice(0, -1);
        if (lines.length < count) return;
        request.destroy();
        resolve(lines.map((line): JsonObject => JSON.parse(line)));
      });
    });
    request.on('error', (fault) => (fault.message.includes('aborted') ? undefined : reject(fault)));
  });
}
