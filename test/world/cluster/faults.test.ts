import { afterEach, describe, expect, test } from '@jest/globals';
import { BorderError } from '../../../src/model/error.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { WriteOptions } from '../../../src/world/cluster/cluster.ts';
import { type Answerer, type ScriptedServer, scriptedServer, sendJson, sendStatus } from './scripted-server.ts';

const signal = new AbortController().signal;
const id = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'one' };
const options: WriteOptions = { manager: 'fairlead', force: false, dryRun: true, validation: 'Strict', as: null };
const found = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one', namespace: 'shop' } };

let server: ScriptedServer | null = null;

async function serve(answer: Answerer): Promise<ScriptedServer> {
  server = await scriptedServer(answer);
  return server;
}

/** Answers with each of these in turn, the last one for ever. */
function inTurn(...answers: readonly Answerer[]): Answerer {
  let count = 0;
  return (request, response) => {
    answers[Math.min(count, answers.length - 1)]?.(request, response);
    count += 1;
  };
}

const ok: Answerer = (_, response) => sendJson(response, 200, found);
const status =
  (code: number, message: string, headers: Record<string, string> = {}): Answerer =>
  (_, response) =>
    sendStatus(response, code, message, headers);
const reset: Answerer = (_, response) => response.socket?.destroy();

afterEach(async () => {
  await server?.close();
  server = null;
});

describe('a refusal', () => {
  test.each([
    [400, 'bad request', 'invalid', 'cluster-refused'],
    [401, 'Unauthorized', 'unauthorized', 'cluster-unauthorized'],
    [
      403,
      'configmaps "one" is forbidden: User "u" cannot patch resource "configmaps" in API group "" in the namespace "shop"',
      'forbidden',
      'cluster-forbidden',
    ],
    [403, 'admission webhook "w" denied the request: no latest tags', 'invalid', 'cluster-admission-refused'],
    [404, 'configmaps "one" not found', 'not-found', 'cluster-not-found'],
    [409, 'Apply failed with 1 conflict: conflict with "hpa": .spec.replicas', 'conflict', 'cluster-conflict'],
    [410, 'The provided continue parameter is too old', 'conflict', 'cluster-gone'],
    [413, 'Request entity too large', 'too-large', 'cluster-object-too-large'],
    [415, 'unsupported media type', 'invalid', 'cluster-refused'],
    [422, 'ConfigMap "one" is invalid: data: Invalid value', 'invalid', 'cluster-refused'],
    [400, 'admission webhook "w" does not support dry run', 'invalid', 'cluster-webhook-no-dry-run'],
    [
      500,
      'failed to create typed patch object (shop/one; /v1, Kind=ConfigMap): .x: field not declared in schema',
      'invalid',
      'cluster-schema-refused',
    ],
    [500, 'etcdserver: request timed out', 'unavailable', 'cluster-failed'],
  ])('%i %s is %s', async (code, message, kind, errorCode) => {
    const cluster = await (await serve(status(code, message))).open();

    const fault = await cluster.write(found, options, signal).catch((error: unknown) => error);

    expect(fault).toBeInstanceOf(BorderError);
    expect(fault).toMatchObject({ kind, status: code, code: errorCode });
    expect((fault as BorderError).message).toContain(message);
    expect((fault as BorderError).message).toMatch(
      /^Cluster scripted \(127\.0\.0\.1:\d+\) .* dry-run configmaps shop\/one: /,
    );
    expect((fault as BorderError).remedy).toMatch(/^[A-Z].*\.$/);
  });

  test('names the webhook that failed', async () => {
    const message = 'Internal error occurred: failed calling webhook "policy.example": context deadline exceeded';
    const body = { kind: 'Status', reason: 'InternalError', code: 500, message };
    const cluster = await (await serve((_, response) => sendJson(response, 500, body))).open();

    await expect(cluster.write(found, options, signal)).rejects.toMatchObject({
      code: 'cluster-webhook-failed',
      message: expect.stringContaining('policy.example'),
    });
  });

  test('adds the causes its message does not quote, and sorts what the server lists at random', async () => {
    const message =
      'failed to create typed patch object (a): errors:\n  .b: field not declared in schema\n  .a: field not declared in schema';
    const body = {
      kind: 'Status',
      code: 500,
      message,
      details: { causes: [{ field: 'spec.x', message: 'Required value' }] },
    };
    const cluster = await (await serve((_, response) => sendJson(response, 500, body))).open();

    await expect(cluster.write(found, options, signal)).rejects.toThrow(
      'errors: .a: field not declared in schema; .b: field not declared in schema (spec.x: Required value).',
    );
  });

  test('that is no Status is quoted in part, without the credentials we sent', async () => {
    const cluster = await (
      await serve(({ headers }, response) => response.writeHead(502).end(`<html>proxy saw ${headers.authorization}`))
    ).open({ tries: 1 });

    const asked = cluster.get(id, signal);

    await expect(asked).rejects.toMatchObject({ kind: 'unavailable', status: 502 });
    await expect(asked).rejects.toThrow('<html>proxy saw');
    await expect(asked).rejects.not.toThrow('scripted-token-1234');
  });

  test('masks the secret it quotes', async () => {
    const secret: JsonObject = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace: 'shop' },
      stringData: { a: 'canary-canary', b: '42' },
    };
    const cluster = await (
      await serve(({ body }, response) => sendStatus(response, 422, `Invalid value: ${body} and "42"`))
    ).open();

    const fault = await cluster.write(secret, options, signal).catch((error: BorderError) => error);

    expect(JSON.stringify([fault, String(fault)])).not.toMatch(/canary-canary|"42\\*"/);
    expect(String(fault)).toContain('(hidden)');
  });
});

describe('a second try', () => {
  test('comes after what 429 asks for, in seconds', async () => {
    const busy = status(429, 'too many requests', { 'retry-after': '3' });
    const scripted = await serve(inTurn(busy, ok));

    await (await scripted.open()).get(id, signal);

    expect(scripted.seen).toHaveLength(2);
    expect(scripted.waits).toEqual([3100]);
  });

  test('comes after the date 503 names', async () => {
    const busy = status(503, 'starting', { 'retry-after': 'Thu, 01 Jan 2026 00:00:05 GMT' });
    const scripted = await serve(inTurn(busy, ok));

    await (await scripted.open()).get(id, signal);

    expect(scripted.waits).toEqual([5100]);
  });

  test('is given up when the waiting would be too long, telling when to come back', async () => {
    const scripted = await serve(status(429, 'too many requests', { 'retry-after': '60' }));

    const asked = (await scripted.open()).get(id, signal);

    await expect(asked).rejects.toMatchObject({
      kind: 'limited',
      status: 429,
      retryAt: new Date('2026-01-01T00:01:00Z'),
    });
    expect(scripted.seen).toHaveLength(1);
  });

  test('backs off further each time, and ends', async () => {
    const scripted = await serve(status(503, 'starting'));

    const asked = (await scripted.open()).get(id, signal);

    await expect(asked).rejects.toMatchObject({ kind: 'unavailable', status: 503 });
    expect(scripted.waits).toEqual([200, 400, 800, 1600]);
  });

  test('follows a broken connection for reads and for server-side apply', async () => {
    const scripted = await serve(inTurn(reset, ok, reset, ok));
    const cluster = await scripted.open();

    await cluster.get(id, signal);
    await cluster.write(found, { ...options, dryRun: false }, signal);

    expect(scripted.seen.map(({ method }) => method)).toEqual(['GET', 'GET', 'PATCH', 'PATCH']);
  });

  test('does not follow a broken connection where doing it twice would matter', async () => {
    const scripted = await serve(reset);
    const cluster = await scripted.open();

    const patched = cluster.patch(id, [], { resourceVersion: null }, signal);
    await expect(patched).rejects.toMatchObject({ kind: 'unavailable', code: 'cluster-unreachable' });
    const removed = cluster.remove(id, { uid: null, resourceVersion: null, dryRun: false, as: null }, signal);
    await expect(removed).rejects.toMatchObject({ kind: 'unavailable' });

    expect(scripted.seen).toHaveLength(2);
  });

  test('asks for credentials anew after 401, once', async () => {
    const scripted = await serve(status(401, 'Unauthorized'));

    await expect((await scripted.open()).get(id, signal)).rejects.toMatchObject({ kind: 'unauthorized' });

    expect(scripted.seen).toHaveLength(2);
  });

  test('never follows a refusal', async () => {
    const scripted = await serve(status(422, 'no'));

    await expect((await scripted.open()).write(found, options, signal)).rejects.toMatchObject({ kind: 'invalid' });

    expect(scripted.seen).toHaveLength(1);
  });
});

describe('silence', () => {
  test('of a server never reached is told within the time for a first contact, without another try', async () => {
    server = await scriptedServer(() => undefined, { hasDiscovery: false });
    const cluster = await server.open({ firstContactMs: 150 });

    await expect(cluster.version(signal)).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'cluster-timeout',
      message: expect.stringMatching(
        /^Cluster scripted \(127\.0\.0\.1:\d+\) did not answer within 0\.15 s; tried to ask for its version\.$/,
      ),
    });
    expect(server.seen).toHaveLength(1);
  });

  test('after a first answer is told at the deadline of the call', async () => {
    const scripted = await serve((_, response) => response.writeHead(200).write('{'));
    const cluster = await scripted.open({ requestMs: 150, tries: 1 });

    await expect(cluster.get(id, signal)).rejects.toMatchObject({ kind: 'unavailable', code: 'cluster-timeout' });
  });

  test('ends at once when the caller gives up, with the reason the caller gave', async () => {
    const scripted = await serve(() => undefined);
    const cluster = await scripted.open();
    await cluster.discovery(signal);
    const stop = new AbortController();

    const asked = cluster.get(id, stop.signal);
    stop.abort(new Error('the pull was closed'));

    await expect(asked).rejects.toThrow('the pull was closed');
  });

  test('of a port nobody listens on names the address', async () => {
    const scripted = await serve(ok);
    const cluster = await scripted.open();
    await scripted.close();

    await expect(cluster.version(signal)).rejects.toMatchObject({
      code: 'cluster-unreachable',
      message: expect.stringContaining('refused the connection (ECONNREFUSED)'),
      remedy: expect.stringContaining('kubeconfig'),
    });
  });

  test('of a server that hangs up on everybody is no answer', async () => {
    server = await scriptedServer(reset, { hasDiscovery: false });
    const cluster = await server.open();

    await expect(cluster.version(signal)).rejects.toMatchObject({ kind: 'unavailable', code: 'cluster-unreachable' });
    expect(server.seen).toHaveLength(1);
  });
});

describe('an answer', () => {
  test('larger than allowed is not read to its end', async () => {
    const scripted = await serve((_, response) => response.writeHead(200).end(`{"a":"${'x'.repeat(200_000)}"}`));
    const cluster = await scripted.open({ answerBytes: 100_000 });

    await expect(cluster.get(id, signal)).rejects.toMatchObject({
      kind: 'too-large',
      code: 'cluster-answer-too-large',
    });
  });

  test.each([
    ['{"kind":', 'not JSON'],
    ['<html>log in</html>', 'not JSON'],
    ['[]', 'not a JSON object'],
  ])('of %s is %s', async (text, what) => {
    const scripted = await serve((_, response) => response.writeHead(200).end(text));

    await expect((await scripted.open()).get(id, signal)).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'cluster-answer-garbled',
      message: expect.stringContaining(what),
    });
  });

  test('keeps the warnings of its headers, in order', async () => {
    const scripted = await serve((_, response) => {
      response.setHeader('warning', ['299 - "one, with \\"quotes\\"", 299 - "two"', '299 - "three"', '199 - "other"']);
      sendJson(response, 201, found);
    });

    const result = await (await scripted.open()).write(found, options, signal);

    expect(result).toMatchObject({ created: true, warnings: ['one, with "quotes"', 'two', 'three'] });
  });
});
