import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PretendGitHub } from '../../src/pretend/github/github.ts';

/** A GitHub that also answers what only an App asks: installations, its webhook and how deliveries fared. */
export interface AppFront {
  /** Address of its pages, as GHE_HOST has it. */
  readonly host: string;
  /** Permissions the App has not been granted, from now on. */
  withhold(...permissions: readonly string[]): void;
  close(): Promise<void>;
}

/** Stands in front of a pretend GitHub and passes everything else on to it. State is the pretend GitHub's own. */
export async function startAppFront(
  github: PretendGitHub,
  {
    hookUrl,
    installation,
    repositories,
  }: {
    readonly hookUrl: () => string;
    readonly installation: number;
    readonly repositories: readonly Readonly<Record<string, unknown>>[];
  },
): Promise<AppFront> {
  const withheld = new Set<string>();
  const origin = new URL(github.apiUrl).origin;
  const own: Readonly<Record<string, () => unknown>> = {
    '/api/v3/app/installations': () => [{ id: installation, account: { login: 'acme' }, suspended_at: null }],
    '/api/v3/installation/repositories': () => ({ total_count: repositories.length, repositories }),
    '/api/v3/app/hook/config': () => ({ url: hookUrl(), content_type: 'json', insecure_ssl: '0', secret: '********' }),
    '/api/v3/app/hook/deliveries': () =>
      github.hooks.deliveries.toReversed().map(({ id, event, statuses }) => {
        const status = statuses.at(-1) ?? 0;
        return {
          id: 1,
          guid: id,
          event,
          status: String(status),
          status_code: status,
          delivered_at: new Date().toISOString(),
        };
      }),
  };
  const server = createServer((request, response) => {
    void answer(request, response, { origin, own, withheld });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    withhold: (...permissions) => {
      withheld.clear();
      for (const permission of permissions) withheld.add(permission);
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  {
    origin,
    own,
    withheld,
  }: {
    readonly origin: string;
    readonly own: Readonly<Record<string, () => unknown>>;
    readonly withheld: ReadonlySet<string>;
  },
): Promise<void> {
  const url = new URL(request.url ?? '/', origin);
  const found = own[url.pathname];
  response.setHeader('content-type', 'application/json');
  if (found !== undefined) {
    if (!/^bearer |^token /i.test(request.headers.authorization ?? '')) return void response.writeHead(401).end('{}');
    return void response.end(JSON.stringify(found()));
  }
  const passed = await passOn(request, url);
  const text = await passed.text();
  response.writeHead(passed.status).end(url.pathname === '/api/v3/app' ? without(text, withheld) : text);
}

async function passOn(request: IncomingMessage, url: URL): Promise<Response> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const headers = new Headers();
  for (const name of ['authorization', 'accept', 'content-type'])
    headers.set(name, String(request.headers[name] ?? '*/*'));
  const body = chunks.length === 0 ? null : Buffer.concat(chunks);
  return fetch(url, { method: request.method ?? 'GET', headers, body });
}

function without(text: string, withheld: ReadonlySet<string>): string {
  const app = JSON.parse(text) as { permissions: Record<string, string> };
  app.permissions = Object.fromEntries(Object.entries(app.permissions).filter(([name]) => !withheld.has(name)));
  return JSON.stringify(app);
}
