import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stringifyJson } from '../../formats/json.ts';
import type { JsonObject } from '../../model/json.ts';
import { answer } from './answer.ts';
import type { Api } from './api.ts';
import type { ApiAnswer, ApiRequest } from './exchange.ts';
import type { User } from './identity.ts';
import { type Merge, openMerge } from './merge.ts';
import { openDocuments } from './openapi.ts';
import { Registry } from './registry.ts';
import { seedObjects } from './seed.ts';
import { refusal } from './status.ts';
import { ObjectStore } from './store.ts';
import type { WorkloadOptions } from './workloads/options.ts';
import { runWorkloads } from './workloads/workloads.ts';

/** How a server is set up. */
export interface ApiServerOptions {
  /** Path of the merge module (`merge.wasm`), or one that several servers share and the caller closes. */
  readonly mergeModule: string | Merge;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The bearer token of the one user, who may do everything; null lets everybody in. */
  readonly token: string | null;
  /** More users, with the verbs they may use. */
  readonly users?: readonly User[];
  /** Objects to begin with, applied in order; namespaces they need are made. Status is kept. */
  readonly seed: readonly JsonObject[] | Promise<readonly JsonObject[]>;
  /** The field manager the seed is applied as. */
  readonly seedManager: string;
  /** Lets Deployments, StatefulSets, Jobs and Pods do what they say; without it they only are. */
  readonly workloads?: WorkloadOptions;
  /** Where derived schemas are kept between runs; null derives them anew. */
  readonly cacheDir: string | null;
}

/** A running server on loopback. */
export interface ApiServer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** A kubeconfig as YAML, with one context `pretend`. */
  readonly kubeconfig: string;
  /** Every request so far, oldest first, at most 10,000. */
  readonly requests: readonly LoggedRequest[];
  /** Resolves when the seed is in place; requests wait for it. Rejects when a seed object is refused. */
  readonly ready: Promise<void>;
  /** The objects as stored. */
  objects(): readonly JsonObject[];
  /** Forgets past changes: watches from older resource versions are answered 410. */
  compact(): void;
  close(): Promise<void>;
}

/** One request that came in. */
export interface LoggedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
}

const bodyLimit = 3 * 1024 * 1024;
const logLimit = 10_000;

/** Starts an API server in this process that speaks the Kubernetes API over plain HTTP and keeps its objects in memory. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const store = new ObjectStore();
  const { mergeModule, now } = options;
  const merge = typeof mergeModule === 'string' ? openMerge(mergeModule, now) : mergeModule;
  const closing = new AbortController();
  const parts = {
    store,
    logs: new Map(),
    registry: new Registry(store),
    merge,
    documents: openDocuments(options.cacheDir),
  };
  const ready = seedObjects(parts, options.seed, options.seedManager);
  // Whoever awaits `ready` sees the fault; without a listener it would end the process.
  ready.catch(() => undefined);
  const api: Api = { ...parts, users: usersOf(options), ready, closing: closing.signal };
  if (options.workloads !== undefined) runWorkloads(api, now, options.workloads);
  const requests: LoggedRequest[] = [];
  const server = createServer((incoming, response) => {
    if (requests.length < logLimit) requests.push({ method: incoming.method ?? '', path: incoming.url ?? '' });
    void serve(api, incoming, response, options.now);
  });
  const url = await listen(server);
  return {
    url,
    kubeconfig: kubeconfigOf(url, options.token),
    requests,
    ready,
    objects: () => store.all(),
    compact: () => store.compact(),
    close: async () => {
      closing.abort();
      if (typeof mergeModule === 'string') await merge.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function serve(api: Api, incoming: IncomingMessage, response: ServerResponse, now: () => number): Promise<void> {
  // A client that goes away in the middle of an answer is no fault of the server.
  response.on('error', () => undefined);
  const request = await readRequest(incoming);
  const result = request === null ? tooLarge : await answer(api, request, response, now);
  if (result !== null) sendAnswer(response, result);
}

/** The whole request; null when its body is larger than the server takes. */
async function readRequest(incoming: IncomingMessage): Promise<ApiRequest | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of incoming) {
      size += chunk.length;
      if (size > bodyLimit) return null;
      chunks.push(chunk);
    }
  } catch {
    // The client left; its answer goes nowhere.
    return null;
  }
  const url = new URL(incoming.url ?? '/', 'http://localhost');
  return {
    method: incoming.method ?? '',
    path: url.pathname.length > 1 ? url.pathname.replace(/\/$/, '') : url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

const tooLarge: ApiAnswer = {
  code: 413,
  body: refusal({ code: 413, reason: 'RequestEntityTooLarge', message: `limit is ${bodyLimit}` }).status,
};

function sendAnswer(response: ServerResponse, { code, body, type, warnings = [] }: ApiAnswer): void {
  const text = typeof body === 'string' ? body : stringifyJson(body);
  response.statusCode = code;
  response.setHeader('content-type', type ?? 'application/json');
  const quoted = warnings.map((warning) => `299 - "${warning.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`);
  if (quoted.length > 0) response.setHeader('warning', quoted);
  response.end(text);
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  // A TCP server's address is an AddressInfo.
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

function usersOf({ token, users = [] }: ApiServerOptions): readonly User[] | null {
  if (token === null) return null;
  return [{ name: 'pretend-admin', token, verbs: null }, ...users];
}

function kubeconfigOf(server: string, token: string | null): string {
  return [
    'apiVersion: v1',
    'kind: Config',
    'clusters:',
    `- {name: pretend, cluster: {server: "${server}", insecure-skip-tls-verify: true}}`,
    'users:',
    `- {name: pretend, user: {${token === null ? '' : `token: ${JSON.stringify(token)}`}}}`,
    'contexts:',
    '- {name: pretend, context: {cluster: pretend, user: pretend, namespace: default}}',
    'current-context: pretend',
    '',
  ].join('\n');
}
