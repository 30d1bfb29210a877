import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FairleadError } from '../model/error.ts';
import { type Answer, send } from './answer.ts';
import type { AnswerOthers } from './asked.ts';
import { type BodyBudget, readBody } from './body.ts';
import { type DoorLogger, type Hook, LARGEST_WEBHOOK, receiveWebhook } from './webhook.ts';

/** Deadlines of the server, in milliseconds. */
export interface ServerDeadlines {
  /** To send all headers. */
  readonly headers: number;
  /** To send headers and body. */
  readonly request: number;
  /** For requests under way when the server closes. */
  readonly drain: number;
}

/** What the server listens on and whom it tells. */
export interface ServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly hooks: readonly Hook[];
  /** What answers everything but webhooks. */
  readonly others: AnswerOthers;
  /** Goes between the server and the taking of each webhook. */
  readonly watchWebhook?: WatchWebhook | undefined;
  readonly logger: DoorLogger;
  readonly deadlines?: ServerDeadlines;
}

/** Sees a webhook taken in by a hook, which it may wrap. */
export type WatchWebhook = (hook: Hook, take: (hook: Hook) => Promise<Answer | null>) => Promise<Answer | null>;

/** A server that listens. */
export interface RunningServer {
  /** `http://HOST:PORT`. */
  readonly url: string;
  /** Says from now on that it is not ready; still takes in what comes. */
  retire(): void;
  /** Takes no new work, lets what is under way finish, then cuts what is left. */
  close(): Promise<void>;
}

/** GitHub gives up on a receiver after ten seconds. */
export const defaultDeadlines: ServerDeadlines = { headers: 10_000, request: 30_000, drain: 10_000 };

/** Bytes all bodies under way may hold together. */
const BODY_BUDGET = 5 * LARGEST_WEBHOOK;

/**
 * How long a connection may stand idle, in milliseconds: longer than load balancers let it, which otherwise send a request on one that
 * is just being closed.
 */
const KEEP_ALIVE = 75_000;

const MOST_CONNECTIONS = 2000;

/**
 * Listens for webhooks at the hooks' paths, and for what others answer.
 *
 * @throws FairleadError `listen-failed`
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const deadlines = options.deadlines ?? defaultDeadlines;
  const state: State = { isDraining: false, budget: { total: BODY_BUDGET, used: 0 } };
  const server = createServer(
    {
      headersTimeout: deadlines.headers,
      requestTimeout: deadlines.request,
      // Node looks for overrun deadlines this often; its default of 30 s would more than double them.
      connectionsCheckingInterval: Math.min(1000, deadlines.headers),
      maxHeaderSize: 16 * 1024,
      keepAliveTimeout: KEEP_ALIVE,
    },
    (request, response) => {
      void serve(options, state, request, response);
    },
  );
  server.maxConnections = MOST_CONNECTIONS;
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  const url = `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`;
  options.logger.info({ url }, 'listening');
  const retire = (): void => {
    state.isDraining = true;
  };
  return { url, retire, close: () => drain(server, state, deadlines.drain) };
}

interface State {
  isDraining: boolean;
  readonly budget: BodyBudget;
}

async function serve(
  options: ServerOptions,
  state: State,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const answer = await route(options, state, request);
    if (answer !== null) send(response, state.isDraining ? lastOf(answer) : answer);
  } catch (error) {
    // The text of an unexpected error may hold anything: it goes to the log, never to the caller.
    options.logger.error({ err: error }, 'request failed');
    send(response, { status: 500, body: { error: 'internal error' } });
  }
}

/** While the server closes, no connection is kept for another request. */
function lastOf(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, connection: 'close' } };
}

async function route(options: ServerOptions, state: State, request: IncomingMessage): Promise<Answer | null> {
  const [path = '/'] = (request.url ?? '/').split('?', 1);
  const hook = options.hooks.find((entry) => entry.path === path);
  if (hook !== undefined) return takeWebhook(hook, request, { options, state });
  const { method = 'GET', headers } = request;
  const read = (limit: number): ReturnType<typeof readBody> => readBody(request, limit, state.budget);
  return options.others({ method, path, headers, readBody: read }, state.isDraining);
}

function takeWebhook(
  hook: Hook,
  request: IncomingMessage,
  { options: { logger, watchWebhook }, state: { budget } }: { readonly options: ServerOptions; readonly state: State },
): Promise<Answer | null> {
  const take = (watched: Hook): Promise<Answer | null> => receiveWebhook(watched, request, { budget, logger });
  return watchWebhook === undefined ? take(hook) : watchWebhook(hook, take);
}

function listen(server: Server, { host, port }: ServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(cannotListen(host, port, cause)));
    server.listen(port, host, resolve);
  });
}

function cannotListen(host: string, port: number, cause: Error): FairleadError {
  return new FairleadError({
    code: 'listen-failed',
    subject: `${host}:${port}`,
    message: `The server cannot listen on ${host}:${port}: ${cause.message}.`,
    remedy: 'Choose another PORT or HOST, or stop what listens there.',
    cause,
  });
}

async function drain(server: Server, state: State, deadline: number): Promise<void> {
  state.isDraining = true;
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), deadline);
  await closed;
  clearTimeout(cut);
}
