import { afterEach, describe, expect, test } from '@jest/globals';
import { type Answerer, type ScriptedServer, scriptedServer, sendJson, sendStatus } from './scripted-server.ts';

const signal = new AbortController().signal;
const type = { group: '', version: 'v1', kind: 'ConfigMap' };
const gadget = { group: 'example.com', version: 'v1', kind: 'Gadget', namespace: null, name: 'one' };
let server: ScriptedServer | null = null;

async function serve(answer: Answerer): Promise<ScriptedServer> {
  server = await scriptedServer(answer, { hasDiscovery: false });
  return server;
}

afterEach(async () => {
  await server?.close();
  server = null;
});

describe('discovery', () => {
  const groups = (kinds: readonly string[]): unknown => ({
    kind: 'APIGroupDiscoveryList',
    items: [
      {
        metadata: { name: 'example.com' },
        versions: [
          {
            version: 'v1',
            resources: kinds.map((kind) => ({
              resource: `${kind.toLowerCase()}s`,
              responseKind: { kind },
              scope: 'Cluster',
              verbs: ['get'],
            })),
          },
        ],
      },
    ],
  });

  test('is asked for again only after ten seconds, and then only if it changed', async () => {
    const scripted = await serve(({ headers }, response) => {
      if (headers['if-none-match'] === '"one"') return response.writeHead(304).end();
      return sendJson(response, 200, groups(['Widget']), { etag: '"one"' });
    });
    const cluster = await scripted.open();

    const first = await cluster.discovery(signal);
    const second = await cluster.discovery(signal);
    scripted.advance(10_000);
    const third = await cluster.discovery(signal);

    expect(second).toBe(first);
    expect(third.resources).toEqual(first.resources);
    expect(third.resources).not.toHaveLength(0);
    expect(scripted.seen.map(({ headers }) => headers['if-none-match'])).toEqual([
      undefined,
      undefined,
      '"one"',
      '"one"',
    ]);
  });

  test('is asked for once by many who need it at the same time', async () => {
    const scripted = await serve((_, response) => sendJson(response, 200, groups(['Widget'])));
    const cluster = await scripted.open();

    await Promise.all(Array.from({ length: 10 }, () => cluster.discovery(signal)));

    expect(scripted.seen.map(({ url }) => url).toSorted()).toEqual(['/api', '/apis']);
  });

  test('looks again for a kind it does not know, at most every ten seconds', async () => {
    const kinds = ['Widget'];
    const scripted = await serve(({ url }, response) => {
      if (url.includes('gadgets')) return sendJson(response, 200, { kind: 'Gadget' });
      return sendJson(response, 200, groups(kinds));
    });
    const cluster = await scripted.open();

    const before = [await cluster.get(gadget, signal), await cluster.get(gadget, signal)];
    kinds.push('Gadget');
    const soon = await cluster.get(gadget, signal);
    scripted.advance(10_000);
    const later = await cluster.get(gadget, signal);

    expect([...before, soon]).toEqual([null, null, null]);
    expect(later).toMatchObject({ kind: 'Gadget' });
    expect(scripted.seen.filter(({ url }) => url === '/apis')).toHaveLength(2);
  });

  test('ends the waiting of one caller without ending that of the others', async () => {
    const answers: (() => void)[] = [];
    const scripted = await serve((_, response) => answers.push(() => sendJson(response, 200, groups(['Widget']))));
    const cluster = await scripted.open();
    const stop = new AbortController();

    const hasty = cluster.discovery(stop.signal);
    const patient = cluster.discovery(signal);
    stop.abort(new Error('not needed any more'));
    await expect(hasty).rejects.toThrow('not needed any more');
    while (answers.length < 2) await new Promise(setImmediate);
    for (const answer of answers) answer();

    expect((await patient).apiVersions).toContain('example.com/v1/Widget');
  });
});

describe('discovery from a server without aggregated discovery', () => {
  const resources = [
    { name: 'configmaps', kind: 'ConfigMap', namespaced: true, verbs: ['get'] },
    { name: 'pods/log', kind: 'PodLogs', namespaced: true, verbs: ['get'] },
  ];
  const bodies: Record<string, unknown> = {
    '/api': { kind: 'APIVersions', versions: ['v1'] },
    '/apis': {
      kind: 'APIGroupList',
      groups: [{ versions: [{ groupVersion: 'apps/v1' }, { groupVersion: 'down.example/v1' }] }],
    },
    '/api/v1': { kind: 'APIResourceList', resources },
    '/apis/apps/v1': {
      kind: 'APIResourceList',
      resources: [{ name: 'deployments', kind: 'Deployment', namespaced: true, verbs: [] }],
    },
  };
  const answer: Answerer = ({ url }, response) => {
    const body = bodies[url];
    if (body === undefined) sendStatus(response, url.includes('down') ? 503 : 404, 'service unavailable');
    else sendJson(response, 200, body);
  };

  test('asks group by group', async () => {
    const discovery = await (await (await serve(answer)).open({ tries: 1 })).discovery(signal);

    expect(discovery.resources).toEqual([
      { ...type, plural: 'configmaps', namespaced: true, verbs: ['get'] },
      { group: 'apps', version: 'v1', kind: 'Deployment', plural: 'deployments', namespaced: true, verbs: [] },
    ]);
    expect(discovery.apiVersions).toEqual([
      'apps/v1',
      'apps/v1/Deployment',
      'down.example/v1',
      'v1',
      'v1/ConfigMap',
      'v1/PodLogs',
    ]);
  });

  test('never takes a group that does not answer for one without the kind', async () => {
    const cluster = await (await serve(answer)).open({ tries: 1 });
    const asked = cluster.get({ group: 'down.example', version: 'v1', kind: 'X', namespace: null, name: 'a' }, signal);

    await expect(asked).rejects.toMatchObject({ kind: 'unavailable', code: 'cluster-group-unavailable' });
  });
});

describe('schemas', () => {
  const index = (hash: string): unknown => ({
    paths: {
      'api/v1': { serverRelativeURL: `/openapi/v3/api/v1?hash=${hash}` },
      'apis/evil/v1': { serverRelativeURL: '//elsewhere.example/x' },
    },
  });

  const from = (url: string): object => ({ components: { schemas: { [url]: { type: 'object' } } } });

  test('are read once for each content', async () => {
    let hash = 'A';
    const scripted = await serve(({ url }, response) =>
      sendJson(response, 200, url === '/openapi/v3' ? index(hash) : from(url)),
    );
    const cluster = await scripted.open();
    const read = async (): Promise<unknown> => (await cluster.openapi(signal)).document('v1', signal);

    const [one, two] = [await read(), await read()];
    hash = 'B';
    const three = await read();

    expect(two).toBe(one);
    expect(three).toMatchObject(from('/openapi/v3/api/v1?hash=B'));
    expect(scripted.seen.map(({ url }) => url).filter((url) => url.includes('hash'))).toHaveLength(2);
  });

  test('are read where the server says they have moved, for the index lags behind', async () => {
    const newest = '/openapi/v3/api/v1?hash=B';
    const scripted = await serve(({ url }, response) => {
      if (url === '/openapi/v3') return sendJson(response, 200, index('A'));
      if (url === newest) return sendJson(response, 200, from(url));
      response.writeHead(301, { location: newest }).end('<a href="elsewhere">Moved Permanently</a>.');
    });
    const openapi = await (await scripted.open()).openapi(signal);

    expect(await openapi.document('v1', signal)).toMatchObject(from(newest));
  });

  test('are given up when the server only sends from one address to the next', async () => {
    let hash = 0;
    const scripted = await serve(({ url }, response) => {
      if (url === '/openapi/v3') return sendJson(response, 200, index('A'));
      hash += 1;
      response.writeHead(301, { location: `/openapi/v3/api/v1?hash=${hash}` }).end();
    });
    const openapi = await (await scripted.open()).openapi(signal);

    await expect(openapi.document('v1', signal)).rejects.toThrow(
      /gave an answer that is one redirect after another; tried to read the schemas of v1/,
    );
    expect(hash).toBe(4);
  });

  test('are read from the server itself only', async () => {
    const scripted = await serve((_, response) => sendJson(response, 200, index('A')));

    const openapi = await (await scripted.open()).openapi(signal);

    expect(await openapi.document('evil/v1', signal)).toBeNull();
    expect(scripted.seen).toHaveLength(1);
  });
});
