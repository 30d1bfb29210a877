import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Contract } from './description.ts';
import { type FaultKind, type Faults, faultAnswer } from './faults.ts';
import { type Answer, Refusal, type Route, refusalBody } from './route.ts';
import { routes, runRoute } from './routes.ts';
import type { World } from './state.ts';

/** One request as it was answered. `status` is 0 while it hangs. */
export interface LoggedRequest {
  readonly method: string;
  /** Path with query, below `/api/v3`. */
  readonly path: string;
  readonly body: unknown;
  status: number;
}

/** What serving the REST API needs. */
export interface RestServer {
  readonly world: World;
  readonly contract: Contract;
  readonly faults: Faults;
  readonly requests: LoggedRequest[];
  /** Requests and own answers that break the official description. */
  readonly violations: string[];
}

/** Where the API begins, as on GitHub Enterprise Server. */
export const API_PREFIX = '/api/v3';

/** Primary limit an installation starts with. */
const QUOTA = 5000;

/** Serves one REST request: fault, route, permission, validation both ways. */
export async function serveRest(rest: RestServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', rest.world.origin);
  const method = request.method ?? 'GET';
  const path = url.pathname.slice(API_PREFIX.length);
  const body = await readJson(request);
  const logged: LoggedRequest = { method, path: path + url.search, body, status: 0 };
  rest.requests.push(logged);
  const fault = rest.faults.take(method, path);
  if (fault === 'hang') return;
  const answer = await answerTo(rest, { method, path, url, body, authorization: request.headers.authorization, fault });
  logged.status = answer.status;
  send(rest, response, answer);
}

interface Incoming {
  readonly method: string;
  readonly path: string;
  readonly url: URL;
  readonly body: unknown;
  readonly authorization: string | undefined;
  readonly fault: FaultKind | null;
}

async function answerTo(rest: RestServer, incoming: Incoming): Promise<Answer> {
  const { fault } = incoming;
  const failed = fault === null ? null : faultAnswer(fault, rest.world.now());
  const failure = failed === null ? null : { ...failed, body: refusalBody(failed.status, failed.message) };
  if (failure !== null && fault !== 'bad-gateway-after-commit') return failure;
  const answer = await refusable(() => run(rest, incoming));
  return failure ?? answer;
}

async function refusable(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: error.status, body: refusalBody(error.status, error.message), headers: error.headers };
  }
}

async function run(rest: RestServer, incoming: Incoming): Promise<Answer> {
  const { world, contract, violations } = rest;
  const { route, params } = findRoute(incoming.method, incoming.path);
  const { operation } = route;
  const wrong = contract.request(operation, incoming.url.searchParams, incoming.body);
  violations.push(...wrong.map((text) => `${operation}: ${text}`));
  if (wrong.length > 0) throw new Refusal(422, `Invalid request. ${wrong.join('; ')}`);
  const body = (incoming.body ?? {}) as Readonly<Record<string, unknown>>;
  const call = { world, url: incoming.url, params, body, token: null };
  const answer = await runRoute(route, call, incoming.authorization);
  const full = answer.body === undefined ? undefined : contract.complete(operation, answer.status, answer.body);
  const broken = contract.response(operation, answer.status, full);
  violations.push(...broken.map((text) => `${operation} ${answer.status}: ${text}`));
  return { ...answer, body: full };
}

function findRoute(method: string, path: string): { route: Route; params: Record<string, string> } {
  for (const route of routes) {
    const [routeMethod, template = ''] = route.operation.split(' ');
    const params = routeMethod === method ? matchPath(template, path) : null;
    if (params !== null) return { route, params };
  }
  throw new Refusal(404, 'Not Found');
}

/** The values in a path where the template has names, or null when it is another path. */
function matchPath(template: string, path: string): Record<string, string> | null {
  const names = template.split('/');
  const parts = path.split('/');
  if (names.length !== parts.length) return null;
  const params: Record<string, string> = {};
  for (const [at, name] of names.entries()) {
    const part = decodeURIComponent(parts[at] ?? '');
    if (name.startsWith('{')) params[name.slice(1, -1)] = part;
    else if (name !== part) return null;
  }
  return params;
}

function send({ world, requests }: RestServer, response: ServerResponse, answer: Answer): void {
  const text = answer.body === undefined ? '' : JSON.stringify(answer.body);
  const used = requests.length % QUOTA;
  response.writeHead(answer.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    date: world.now().toUTCString(),
    'x-github-request-id': `PRETEND:${requests.length}`,
    'x-ratelimit-limit': QUOTA,
    'x-ratelimit-remaining': QUOTA - used,
    'x-ratelimit-reset': Math.floor(world.now().getTime() / 1000) + 3600,
    ...answer.headers,
  });
  response.end(text);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? null : (JSON.parse(text) as unknown);
}
