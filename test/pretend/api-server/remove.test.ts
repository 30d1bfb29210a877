import { afterEach, describe, expect, test } from '@jest/globals';
import { type Json, type JsonObject, pick } from '../../../src/model/json.ts';
import type { ApiServer, ApiServerOptions } from '../../../src/pretend/api-server/api-server.ts';
import { applying, type Received, send, startPretend, widgets } from './support.ts';

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

  test('of a namespace wait for what holds its contents, and nothing new comes in meanwhile', async () => {
    const held = { ...cm('held'), metadata: { name: 'held', namespace: 'shop', finalizers: ['example.com/hold'] } };
    await start({ seed: [held, { ...cm('free'), metadata: { name: 'free', namespace: 'shop' } }] });
    const shop = '/api/v1/namespaces/shop';

    const deleted = await ask('DELETE', shop);
    const refused = await send(server.url, applying(`${shop}/configmaps/late`, cm('late')));
    const during = await ask('GET', shop);
    await send(server.url, {
      method: 'PATCH',
      path: `${shop}/configmaps/held`,
      type: 'application/json-patch+json',
      body: [
        { op: 'test', path: '/metadata/finalizers/0', value: 'example.com/hold' },
        { op: 'remove', path: '/metadata/finalizers' },
      ],
    });

    expect(pick(deleted.body, 'status', 'phase')).toBe('Terminating');
    expect(pick(during.body, 'metadata', 'deletionTimestamp')).toBeDefined();
    expect((await ask('GET', `${shop}/configmaps/free`)).status).toBe(404);
    expect(refused).toMatchObject({
      status: 403,
      body: {
        message:
          'configmaps "late" is forbidden: unable to create new content in namespace shop because it is being terminated',
        details: { causes: [{ reason: 'NamespaceTerminating', field: 'metadata.namespace' }] },
      },
    });
    expect((await ask('GET', shop)).status).toBe(404);
  });

  test('of a definition wait for its objects that something holds', async () => {
    const metadata = { name: 'w', finalizers: ['example.com/hold'] };
    const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata, spec: { size: 1 } };
    await start({ seed: [widgets, widget] });
    const definition = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com';

    await ask('DELETE', definition);
    const during = await ask('GET', definition);
    await send(server.url, {
      method: 'PATCH',
      path: '/apis/example.com/v1/namespaces/default/widgets/w',
      type: 'application/merge-patch+json',
      body: { metadata: { finalizers: null } },
    });

    expect(pick(during.body, 'metadata', 'deletionTimestamp')).toBeDefined();
    expect((await ask('GET', definition)).status).toBe(404);
  });

  test.each(['uid', 'resourceVersion'])('are refused when the %s is not the one meant', async (key) => {
    await start({ seed: [cm('a')] });

    const answer = await ask('DELETE', `${maps}/a`, { preconditions: { [key]: '12345' } });

    expect(answer).toMatchObject({ status: 409, body: { reason: 'Conflict', details: { name: 'a' } } });
    expect((await ask('GET', `${maps}/a`)).status).toBe(200);
  });
});
