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

describe('writes', () => {
  test('that would take fields of others are refused, each field with its manager', async () => {
    await start();
    const path = '/apis/apps/v1/namespaces/default/deployments/web';
    await send(server.url, applying(path, deployment()));

    const other = { ...applying(path, deployment({ replicas: 5 })), path: `${path}?fieldManager=other` };
    const answer = await send(server.url, other);

    expect(answer).toMatchObject({
      status: 409,
      body: {
        reason: 'Conflict',
        message: 'Apply failed with 1 conflict: conflict with "tester": .spec.replicas',
        details: {
          causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "tester"', field: '.spec.replicas' }],
        },
      },
    });
  });

  test('by a JSON patch whose test does not hold change nothing', async () => {
    await start({ seed: [{ ...cm('a'), data: { a: '1' } }] });
    const patch = (value: string): Promise<Received> =>
      send(server.url, {
        method: 'PATCH',
        path: `${maps}/a`,
        type: 'application/json-patch+json',
        body: [
          { op: 'test', path: '/data/a', value },
          { op: 'replace', path: '/data/a', value: '2' },
        ],
      });

    expect((await patch('3')).status).toBe(422);
    expect(pick((await ask('GET', `${maps}/a`)).body, 'data')).toEqual({ a: '1' });
    expect(pick((await patch('1')).body, 'data')).toEqual({ a: '2' });
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

  test('of metadata alone send no more than metadata, bookmarks included', async () => {
    await start({ seed: [{ ...cm('a'), data: { a: '1' } }] });
    await server.ready;

    const query = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const accept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';
    const lines = await watchLines(`${maps}?${query}`, 2, { accept });

    const type = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' };
    expect(lines).toMatchObject([
      { type: 'ADDED', object: { ...type, metadata: { name: 'a' } } },
      { type: 'BOOKMARK', object: { ...type, metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } } },
    ]);
    expect(pick(lines[0], 'object', 'data')).toBeUndefined();
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
function watchLines(
  path: string,
  count: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly JsonObject[]> {
  return new Promise((resolve, reject) => {
    const request = httpGet(new URL(path, server.url), { headers }, (answer) => {
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
