import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import type { Json } from '../../../src/model/json.ts';
import type { Cluster } from '../../../src/world/cluster/cluster.ts';
import type { Clock } from '../../../src/world/cluster/kubernetes/clock.ts';
import type { ClusterLimits } from '../../../src/world/cluster/kubernetes/limits.ts';
import { openCluster } from '../../../src/world/cluster/kubernetes/open-cluster.ts';

/** One request as the server saw it. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Answerer = (request: Seen, response: ServerResponse) => void;

/** A local HTTP server that answers as the test says, for faults that no real API server shows on demand. */
export interface ScriptedServer {
  readonly url: string;
  /** Every request but those for discovery. */
  readonly seen: readonly Seen[];
  /** Milliseconds the adapter waited between tries; nothing really waits. */
  readonly waits: readonly number[];
  /** Lets the adapter's time pass. */
  advance(milliseconds: number): void;
  open(limits?: Partial<ClusterLimits>, user?: Json, cacheDir?: string): Promise<Cluster>;
  close(): Promise<void>;
}

/** Starts the server. Discovery (ConfigMap and Secret) is answered unless `answer` does not want that. */
export async function scriptedServer(answer: Answerer, options = { hasDiscovery: true }): Promise<ScriptedServer> {
  const seen: Seen[] = [];
  const waits: number[] = [];
  const time = { now: Date.parse('2026-01-01T00:00:00Z') };
  const clusters: Cluster[] = [];
  const server = createServer(async (request, response) => {
    const body = await request.reduce((text: string, chunk: Buffer) => text + chunk.toString(), '').catch(() => '');
    const { method = '', url = '', headers } = request;
    if (options.hasDiscovery && (url === '/api' || url === '/apis')) return sendJson(response, 200, discoveryOf(url));
    seen.push({ method, url, headers, body });
    answer({ method, url, headers, body }, response);
  });
  const url = await listen(server);
  return {
    url,
    seen,
    waits,
    advance: (milliseconds) => {
      time.now += milliseconds;
    },
    open: async (limits = {}, user = { token: 'scripted-token-1234' }, cacheDir) => {
      const kubeconfig = { text: JSON.stringify(kubeconfigOf(url, user)) };
      const redactor = createRedactor({ key: new Uint8Array(32) });
      const clock = fakeClock(time, waits);
      const around = { redactor, limits, clock, random: () => 1, ...(cacheDir === undefined ? {} : { cacheDir }) };
      const opened = await openCluster({ kubeconfig, context: 'scripted', ...around });
      clusters.push(opened);
      return opened;
    },
    close: async () => {
      await Promise.all(clusters.map((cluster) => cluster.close()));
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** A `Status` as API servers send it. */
export function sendStatus(
  response: ServerResponse,
  code: number,
  message: string,
  headers: Record<string, string> = {},
): void {
  sendJson(response, code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code }, headers);
}

export function kubeconfigOf(server: string, user: Json): Json {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'scripted', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'scripted',
  };
}

/** Time that passes only by waiting, or when a test says so. */
function fakeClock(time: { now: number }, waits: number[]): Clock {
  return {
    now: () => time.now,
    wait: async (milliseconds, signal) => {
      signal.throwIfAborted();
      waits.push(milliseconds);
      time.now += milliseconds;
    },
  };
}

function discoveryOf(path: string): Json {
  const verbs = ['get', 'list', 'patch', 'watch'];
  const resources = ['ConfigMap', 'Secret', 'Pod'].map((kind) => ({
    resource: `${kind.toLowerCase()}s`,
    responseKind: { group: '', version: 'v1', kind },
    scope: 'Namespaced',
    verbs,
  }));
  const items =
    path === '/api' ? [{ metadata: {}, versions: [{ version: 'v1', freshness: 'Current', resources }] }] : [];
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server that listens
  return `http://127.0.0.1:${port}`;
}
