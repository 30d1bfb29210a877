import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FairleadError } from '../../model/error.ts';
import { contentPolicy, messagePage, type Page } from './pages.ts';

/** What the browser asks for. */
export interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
  /** `http://HOST:PORT` as the browser has it, which is elsewhere than here where a port is passed on. */
  readonly origin: string;
}

/** A page that is served on this machine. */
export interface Door {
  /** `http://HOST:PORT` */
  readonly url: string;
  /** Takes nothing new in, and lets what is under way end. */
  close(): Promise<void>;
}

/** Names that only this machine has for itself. */
const ownNames: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Serves pages on an address of this machine. It must be asked for by one of its own names: a page elsewhere whose name was made to
 * lead here (DNS rebinding) else could read ours. Throws `FairleadError` `listen-failed`.
 */
export async function openDoor(
  { host, port }: { readonly host: string; readonly port: number },
  answer: (asked: Asked) => Promise<Page>,
): Promise<Door> {
  const under = new Set<Promise<void>>();
  const name = host.includes(':') ? `[${host}]` : host;
  const server = createServer((request, response) => {
    const served = pageFor(request, [...ownNames, name.toLowerCase()], answer).then((page) => send(response, page));
    under.add(served);
    void served.finally(() => under.delete(served));
  });
  await listen(server, { host, port });
  const { port: taken } = server.address() as AddressInfo; // it listens on a port, not on a pipe
  return {
    url: `http://${name}:${taken}`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      await Promise.all(under);
      server.closeAllConnections();
      await closed;
    },
  };
}

function listen(server: Server, { host, port }: { readonly host: string; readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const facts = {
        message: `the page cannot be served on ${host}:${port}: ${cause.message}`,
        remedy: 'Choose another port by --port (0 takes a free one) or another address by --host.',
      };
      reject(new FairleadError({ code: 'listen-failed', subject: `${host}:${port}`, ...facts, cause }));
    });
    server.listen(port, host, resolve);
  });
}

async function pageFor(
  { method, url, headers }: IncomingMessage,
  names: readonly string[],
  answer: (asked: Asked) => Promise<Page>,
): Promise<Page> {
  const origin = `http://${headers.host ?? ''}`;
  if (!URL.canParse(url ?? '/', origin) || !names.includes(new URL(origin).hostname))
    return messagePage(421, 'This page goes by another name', 'Open it at the address that the terminal shows.');
  if (method !== 'GET') return messagePage(405, 'Nothing is sent here', 'Open the page, and press its button.');
  const { pathname: path, searchParams: query } = new URL(url ?? '/', origin);
  return answer({ path, query, origin: new URL(origin).origin });
}

/** Fulfilled when the answer is out, or whoever asked is gone. */
function send(response: ServerResponse, { status, html }: Page): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', resolve).once('finish', resolve);
    response.writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': Buffer.byteLength(html),
      'cache-control': 'no-store',
      connection: 'close',
      'content-security-policy': contentPolicy,
      // No path leaves this page, as one holds a code; the origin does, as GitHub may want it of a form.
      'referrer-policy': 'strict-origin',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    response.end(html);
  });
}
