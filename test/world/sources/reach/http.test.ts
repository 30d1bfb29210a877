import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { SourceLimits } from '../../../../src/world/sources/limits.ts';
import type { Reachable } from '../../../../src/world/sources/reach/gate.ts';
import type { SourceHttp, Wanted } from '../../../../src/world/sources/reach/http.ts';
import { faultOf, httpOver, type Internet, internet, never, serve, stop } from '../support.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

interface Opened {
  readonly net: Internet;
  readonly http: SourceHttp;
  get(url: string, more?: Partial<Wanted>): ReturnType<SourceHttp['get']>;
}

async function opened(
  listener: Listener,
  options: {
    readonly addresses?: Record<string, string[]>;
    readonly reachable?: Partial<Reachable>;
    readonly limits?: Partial<SourceLimits>;
  } = {},
): Promise<Opened> {
  const { port, server } = await serve(listener);
  const net = internet(port, options.addresses);
  const http = httpOver(net, options.reachable, options.limits);
  ends.push(
    () => stop(server),
    () => http.close(),
  );
  return { net, http, get: (url, more) => http.get({ url: new URL(url), maxBytes: 1000, signal: never, ...more }) };
}

const redirectTo =
  (to: string, status = 302): Listener =>
  ({ url }, response) => {
    if (url === '/start') response.writeHead(status, { location: to }).end();
    else response.end('arrived');
  };

describe('what is got', () => {
  test('comes from the address that was checked', async () => {
    const { get, net } = await opened((_, response) => response.end('hello'));

    const answer = await get('https://charts.example.com/a');

    expect(Buffer.from(answer.body).toString()).toBe('hello');
    expect(net.dialled).toEqual(['93.184.215.14:443']);
  });

  test('the name is looked up once: an answer that changes afterwards gains nothing', async () => {
    const { port, server } = await serve((_, response) => response.end('hello'));
    const net = internet(port);
    const answers = [['93.184.215.14'], ['127.0.0.1']];
    const http = httpOver({ ...net, resolve: async () => answers.shift() ?? [] });
    ends.push(
      () => stop(server),
      () => http.close(),
    );

    await http.get({ url: new URL('https://charts.example.com/'), maxBytes: 100, signal: never });

    expect(net.dialled).toEqual(['93.184.215.14:443']);
    expect(answers).toHaveLength(1);
  });

  test('a second address is tried where the first does not answer', async () => {
    const { port, server } = await serve((_, response) => response.end('hello'));
    const net = internet(port, { 'charts.example.com': ['93.184.215.1', '93.184.215.2'] });
    const dial: Internet['dial'] = (address, to) => {
      const socket = net.dial(address, to);
      if (address === '93.184.215.1') socket.destroy(new Error('refused'));
      return socket;
    };
    const http = httpOver({ ...net, dial });
    ends.push(
      () => stop(server),
      () => http.close(),
    );

    await expect(
      http.get({ url: new URL('https://charts.example.com/'), maxBytes: 100, signal: never }),
    ).resolves.toMatchObject({ status: 200 });
  });

  test('a certificate of somebody else is not taken', async () => {
    const { get } = await opened((_, response) => response.end(), {
      reachable: { allow: ['other.example.com'] },
      addresses: { 'other.example.com': ['93.184.215.14'] },
    });

    const fault = await faultOf(get('https://other.example.com/'));

    expect(fault).toMatchObject({ code: 'source-unreachable', kind: 'unavailable' });
    expect(fault.message).toContain('its certificate is not trusted');
  });
});

describe('what is not dialled', () => {
  test.each([
    ['a host nobody listed', 'https://evil.example.com/', 'source-not-allowed'],
    ['a name that leads to a private address', 'https://inside.example.com/', 'source-private'],
    ['plain http', 'http://charts.example.com/', 'source-invalid'],
    ['a URL with a password', 'https://user:hunter22@charts.example.com/', 'source-invalid'],
  ])('%s', async (_title, url, code) => {
    const { get, net } = await opened((_, response) => response.end(), {
      reachable: { allow: ['charts.example.com', 'inside.example.com'] },
    });

    const fault = await faultOf(get(url));

    expect(fault.code).toBe(code);
    expect(fault.message).not.toContain('hunter22');
    expect(net.dialled).toEqual([]);
  });

  test.each([
    ['a redirect to a private address', 'https://10.0.0.7/', 'source-not-allowed'],
    ['a redirect to the metadata of a cloud', 'https://169.254.169.254/latest/', 'source-not-allowed'],
    ['a redirect to a listed name that leads to a private address', 'https://inside.example.com/', 'source-private'],
    ['a redirect to a host nobody listed', 'https://evil.example.com/', 'source-not-allowed'],
    ['a redirect to plain http', 'http://charts.example.com/', 'source-invalid'],
  ])('%s', async (_title, to, code) => {
    const { get, net } = await opened(redirectTo(to), {
      reachable: { allow: ['charts.example.com', 'inside.example.com'] },
    });

    expect(await faultOf(get('https://charts.example.com/start'))).toMatchObject({ code });
    expect(net.dialled).toEqual(['93.184.215.14:443']);
  });
});

describe('credentials', () => {
  test('are dropped by a redirect to another host and kept by one to the same', async () => {
    const seen: string[] = [];
    const listener: Listener = ({ url, headers }, response) => {
      seen.push(`${headers.host}${url} ${headers.authorization ?? 'none'}`);
      if (url === '/start') return response.writeHead(307, { location: '/next' }).end();
      if (url === '/next') return response.writeHead(307, { location: 'https://cdn.example.com/end' }).end();
      return response.end();
    };
    const { get } = await opened(listener);

    await get('https://charts.example.com/start', { authorization: 'Basic c2VjcmV0' });

    expect(seen).toEqual([
      'charts.example.com/start Basic c2VjcmV0',
      'charts.example.com/next Basic c2VjcmV0',
      'cdn.example.com/end none',
    ]);
  });

  test('and what signs a URL are in no error', async () => {
    const { get } = await opened((_, response) => response.writeHead(403).end('Basic c2VjcmV0'));

    const fault = await faultOf(
      get('https://charts.example.com/a?X-Amz-Signature=abcdef', { authorization: 'Basic c2VjcmV0' }),
    );

    expect(`${fault.message} ${fault.remedy} ${fault.subject}`).not.toMatch(/c2VjcmV0|abcdef/);
  });
});

describe('a server that answers', () => {
  test.each([
    [403, 'source-refused', 'forbidden'],
    [404, 'source-missing', 'not-found'],
    [429, 'source-limited', 'limited'],
    [500, 'source-unreachable', 'unavailable'],
    [503, 'source-unreachable', 'unavailable'],
  ])('%i', async (status, code, kind) => {
    const { get } = await opened((_, response) => response.writeHead(status, { 'retry-after': '30' }).end('x'));

    const fault = await faultOf(get('https://charts.example.com/a'));

    expect(fault).toMatchObject({ code, kind, status });
    expect(fault.retryAt ?? null).toEqual(status === 429 ? new Date('2026-01-01T00:00:30Z') : null);
  });

  test('401 may say how to ask', async () => {
    const { get } = await opened((_, response) => response.writeHead(401, { 'www-authenticate': 'Basic' }).end());

    await expect(get('https://charts.example.com/a')).resolves.toMatchObject({ status: 401 });
  });

  test('never is given up on', async () => {
    const { get } = await opened(() => undefined, { limits: { requestMs: 100 } });

    const fault = await faultOf(get('https://charts.example.com/a'));

    expect(fault.message).toBe('https://charts.example.com/a cannot be reached: it did not answer in time.');
  });

  test('byte by byte without end is given up on', async () => {
    const { get } = await opened(
      (_, response) => {
        const timer = setInterval(() => response.write('x'), 10);
        response.on('close', () => clearInterval(timer));
      },
      { limits: { requestMs: 200 } },
    );

    expect(await faultOf(get('https://charts.example.com/a'))).toMatchObject({ code: 'source-unreachable' });
  });

  test('10 GB is cut off at the limit, announced or not', async () => {
    let sent = 0;
    const listener: Listener = ({ url }, response) => {
      const piece = Buffer.alloc(1000);
      response.writeHead(200, url === '/announced' ? { 'content-length': 10_000_000_000 } : {});
      const more = (): void => {
        sent += piece.length;
        if (sent < 10_000_000_000 && !response.destroyed) response.write(piece, () => setImmediate(more));
      };
      more();
    };
    const { get } = await opened(listener);

    expect(await faultOf(get('https://charts.example.com/announced'))).toMatchObject({ code: 'source-too-large' });
    expect(await faultOf(get('https://charts.example.com/unannounced'))).toMatchObject({ code: 'source-too-large' });
    expect(sent).toBeLessThan(50_000_000);
  });

  test('with redirects in a circle is left', async () => {
    const { get } = await opened((_, response) => response.writeHead(302, { location: '/again' }).end());

    expect(await faultOf(get('https://charts.example.com/start'))).toMatchObject({ code: 'source-invalid' });
  });
});

test('a caller that gives up gets its own reason', async () => {
  const { get } = await opened(() => undefined);
  const caller = new AbortController();

  const getting = get('https://charts.example.com/a', { signal: caller.signal });
  caller.abort(new Error('the head moved'));

  await expect(getting).rejects.toThrow('the head moved');
});
