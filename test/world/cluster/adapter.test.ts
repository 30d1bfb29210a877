import { afterEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../src/model/json.ts';
import type { WatchEvent } from '../../../src/world/cluster/cluster.ts';
import { systemClock } from '../../../src/world/cluster/kubernetes/clock.ts';
import { createGate } from '../../../src/world/cluster/kubernetes/gate.ts';
import { type Answerer, type ScriptedServer, scriptedServer, sendJson, sendStatus } from './scripted-server.ts';

const signal = new AbortController().signal;
const type = { group: '', version: 'v1', kind: 'ConfigMap' };
const id = { ...type, namespace: 'shop', name: 'one' };
const all = { namespace: null, labelSelector: null, metadataOnly: false, resourceVersion: null };
let server: ScriptedServer | null = null;

async function serve(answer: Answerer): Promise<ScriptedServer> {
  server = await scriptedServer(answer);
  return server;
}

afterEach(async () => {
  await server?.close();
  server = null;
});

describe('requests', () => {
  test('keep within the number allowed at once', async () => {
    const gate = createGate({ inFlight: 3, perSecond: null }, systemClock);
    const started: PromiseWithResolvers<void>[] = [];
    const passes = Array.from({ length: 10 }, () =>
      gate.pass(() => {
        const work = Promise.withResolvers<void>();
        started.push(work);
        return work.promise;
      }, signal),
    );

    for (let done = 0; done < passes.length; done += 1) {
      await new Promise(setImmediate);
      expect(started).toHaveLength(Math.min(done + 3, passes.length));
      started[done]?.resolve();
    }

    await Promise.all(passes);
  });

  test('keep to the rate allowed', async () => {
    const scripted = await serve((_, response) => sendJson(response, 200, { kind: 'ConfigMap' }));
    const cluster = await scripted.open({ perSecond: 10 });

    for (let count = 0; count < 4; count += 1) await cluster.get(id, signal);

    expect(scripted.waits.reduce((sum, wait) => sum + wait, 0)).toBe(500);
  });

  test('leave the queue when their caller gives up, and their place to the next', async () => {
    const gate = createGate({ inFlight: 1, perSecond: null }, systemClock);
    const first = Promise.withResolvers<string>();
    const stop = new AbortController();

    const one = gate.pass(() => first.promise, signal);
    const two = gate.pass(async () => 'two', stop.signal);
    const three = gate.pass(async () => 'three', signal);
    stop.abort(new Error('no longer wanted'));
    first.resolve('one');

    await expect(two).rejects.toThrow('no longer wanted');
    expect(await Promise.all([one, three])).toEqual(['one', 'three']);
  });

  test('encode every odd character of a name', async () => {
    const scripted = await serve((_, response) => sendJson(response, 200, { kind: 'ConfigMap' }));

    await (await scripted.open()).get({ ...id, name: 'A/b?c#d%2F e:f' }, signal);

    expect(scripted.seen[0]?.url).toBe('/api/v1/namespaces/shop/configmaps/A%2Fb%3Fc%23d%252F%20e%3Af');
  });

  test('never leave the collection by a name of dots', async () => {
    const scripted = await serve((_, response) => sendJson(response, 200, { kind: 'ConfigMap' }));

    await expect((await scripted.open()).get({ ...id, name: '..' }, signal)).rejects.toThrow('cannot be a name');
    expect(scripted.seen).toEqual([]);
  });

  test('send server-side apply as the API server expects it, acting as someone else when told', async () => {
    const scripted = await serve((_, response) => sendJson(response, 200, { kind: 'ConfigMap' }));
    const object = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'one', namespace: 'shop' },
      size: 9007199254740993n,
    };
    const options = {
      manager: 'fairlead',
      force: true,
      dryRun: true,
      validation: 'Strict',
      as: 'system:serviceaccount:a:b',
    } as const;

    await (await scripted.open()).write(object, options, signal);

    expect(scripted.seen).toEqual([
      expect.objectContaining({
        method: 'PATCH',
        url: '/api/v1/namespaces/shop/configmaps/one?fieldManager=fairlead&force=true&fieldValidation=Strict&dryRun=All',
        headers: expect.objectContaining({
          'content-type': 'application/apply-patch+yaml',
          'impersonate-user': 'system:serviceaccount:a:b',
          authorization: 'Bearer scripted-token-1234',
        }),
        body: expect.stringContaining('"size":9007199254740993'),
      }),
    ]);
  });
});

describe('a watch', () => {
  const bookmark = { type: 'BOOKMARK', object: { metadata: { resourceVersion: '9' } } };
  const added = { type: 'ADDED', object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'later' } } };
  const gone = { type: 'ERROR', object: { kind: 'Status', code: 410, message: 'too old resource version' } };
  const lines = (...events: readonly unknown[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join('');

  async function collect(watch: AsyncIterable<WatchEvent>): Promise<readonly WatchEvent[]> {
    const events: WatchEvent[] = [];
    for await (const event of watch) events.push(event);
    return events;
  }

  test('lists first where the server cannot stream the initial objects', async () => {
    const items = [{ metadata: { name: 'one' } }];
    const scripted = await serve(({ url }, response) => {
      if (url.includes('sendInitialEvents')) return sendStatus(response, 422, 'sendInitialEvents is forbidden');
      if (url.includes('watch=true')) return response.writeHead(200).end(lines(added));
      return sendJson(response, 200, { metadata: { resourceVersion: '7' }, items });
    });

    const events = await collect((await scripted.open()).watch(type, all, signal));

    expect(events).toEqual([
      { kind: 'added', object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' } } },
      { kind: 'bookmark', resourceVersion: '7', synced: true },
      { kind: 'added', object: added.object },
    ]);
    expect(scripted.seen.at(-1)?.url).toContain('resourceVersion=7');
  });

  test('is a conflict when its starting point is gone', async () => {
    const scripted = await serve((_, response) => response.writeHead(200).end(lines(bookmark, gone)));

    const watched = collect((await scripted.open()).watch(type, { ...all, resourceVersion: '1' }, signal));

    await expect(watched).rejects.toMatchObject({ kind: 'conflict', status: 410, code: 'cluster-gone' });
  });

  test('puts events together that arrive in pieces, and drops one that was cut off', async () => {
    const text = lines({ ...added, object: { ...added.object, data: { a: 'ä€😀' } } }, bookmark);
    const scripted = await serve(async (_, response) => {
      response.writeHead(200);
      for (const byte of Buffer.from(`${text}{"type":"ADD`)) {
        response.write(Buffer.of(byte));
        await new Promise(setImmediate);
      }
      response.end();
    });

    const events = await collect((await scripted.open()).watch(type, { ...all, resourceVersion: '1' }, signal));

    expect(events.map(({ kind }) => kind)).toEqual(['added', 'bookmark']);
    expect(JSON.stringify(events)).toContain('ä€😀');
  });

  test('refuses an event without end', async () => {
    const scripted = await serve((_, response) => response.writeHead(200).end('x'.repeat(50_000)));
    const cluster = await scripted.open({ answerBytes: 10_000 });

    const watched = collect(cluster.watch(type, { ...all, resourceVersion: '1' }, signal));

    await expect(watched).rejects.toMatchObject({ kind: 'too-large' });
  });

  test('that breaks off is unavailable', async () => {
    const scripted = await serve((_, response) => {
      response.writeHead(200).write(lines(bookmark));
      setImmediate(() => response.socket?.destroy());
    });

    const watched = collect((await scripted.open()).watch(type, { ...all, resourceVersion: '1' }, signal));

    await expect(watched).rejects.toMatchObject({ kind: 'unavailable', code: 'cluster-unreachable' });
  });

  test('closes its connection when nobody listens any more', async () => {
    const closed = Promise.withResolvers<void>();
    const scripted = await serve((_, response) => {
      response.on('close', closed.resolve);
      response.writeHead(200).write(lines(added));
    });

    for await (const _event of (await scripted.open()).watch(type, all, signal)) break;

    await expect(closed.promise).resolves.toBeUndefined();
  });
});

describe('pod logs', () => {
  test('come from every container, init containers first, with credentials hidden', async () => {
    const pod = { kind: 'Pod', spec: { initContainers: [{ name: 'init' }], containers: [{ name: 'web' }] } };
    const scripted = await serve(({ url }, response) => {
      if (!url.includes('/log')) return sendJson(response, 200, pod);
      return response
        .writeHead(200)
        .end(url.includes('container=init') ? 'starting\n' : 'token ghp_0123456789abcdefghijABCDEFGHIJ012345\n');
    });

    const logs = await (await scripted.open()).podLogs({ ...id, kind: 'Pod' }, 5, signal);

    expect([...logs]).toEqual([
      ['init', 'starting\n'],
      ['web', 'token (hidden)\n'],
    ]);
    expect(scripted.seen.at(-1)?.url).toContain('tailLines=5');
  });

  test('leave out a container that waits, and keep what the crashing one said', async () => {
    const scripted = await serveLogs({}, { web: 'panic\n' });

    const logs = await (await scripted.open()).podLogs({ ...id, kind: 'Pod' }, 5, signal);

    expect([...logs]).toEqual([['web', 'panic\n']]);
  });

  test('are refused when no container has one', async () => {
    const scripted = await serveLogs({}, {});

    const asked = (await scripted.open()).podLogs({ ...id, kind: 'Pod' }, 5, signal);

    await expect(asked).rejects.toThrow('is waiting to start');
  });

  test.each([
    ['has said nothing since', { running: {} }, '', 'two\nthree\n'],
    ['has only just begun again', { running: {} }, 'hello\n', 'three\nhello\n'],
    ['has said enough since', { running: {} }, 'a\nb\n', 'a\nb\n'],
    ['waits to begin again', { waiting: { reason: 'CrashLoopBackOff' } }, 'three\n', 'three\n'],
  ])('tell what a restarted container said last that %s', async (_title, state, now, expected) => {
    const web = { name: 'web', restartCount: 3, state, lastState: { terminated: { exitCode: 1 } } };
    const scripted = await serveLogs({ containerStatuses: [web] }, { web: now, 'web before': 'two\nthree\n' });

    const logs = await (await scripted.open()).podLogs({ ...id, kind: 'Pod' }, 2, signal);

    expect(logs.get('web')).toBe(expected);
  });
});

/** A pod with the containers `side` and `web`; a log that is not given is refused as that of a container that waits. */
function serveLogs(status: JsonObject, logs: Readonly<Record<string, string>>): Promise<ScriptedServer> {
  const pod = { kind: 'Pod', spec: { containers: [{ name: 'side' }, { name: 'web' }] }, status };
  return serve(({ url }, response) => {
    if (!url.includes('/log')) return sendJson(response, 200, pod);
    const query = new URL(url, 'http://localhost').searchParams;
    const text = logs[`${query.get('container')}${query.get('previous') === 'true' ? ' before' : ''}`];
    if (text !== undefined) return response.writeHead(200).end(text);
    const message = `container "${query.get('container')}" in pod "web" is waiting to start: PodInitializing`;
    return sendJson(response, 400, { kind: 'Status', status: 'Failure', message, reason: 'BadRequest', code: 400 });
  });
}
