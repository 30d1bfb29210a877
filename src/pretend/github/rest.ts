import type { IncomingMessage, ServerResponse } from 'node:http';
import { isDoneAllTheSame, sendBroken } from './broken-answers.ts';
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
  readonly faults: Faults;
  readonly requests: LoggedRequest[];
  /** Requests and own answers that break the official description. */
  readonly violations: string[];
  /** What is left of the primary limit; null: it never runs out. */
  quota: Quota | null;
  /** Requests that came although a limit had told the caller to wait. */
  readonly early: LoggedRequest[];
  /** Until when callers were told to wait, in milliseconds. */
  closedUntil: number;
}

/** A primary limit that counts down with every request, until it is full again. */
export interface Quota {
  remaining: number;
  readonly resetAt: Date;
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
  // The app itself has a limit of its own.
  if (rest.world.now().getTime() < rest.closedUntil && !/^\/app\b/.test(path)) rest.early.push(logged);
  const fault = rest.faults.take(method, path) ?? spend(rest);
  if (fault === 'hang') return;
  const answer = await answerTo(rest, { method, path, url, body, authorization: request.headers.authorization, fault });
  logged.status = answer.status;
  if (sendBroken(fault, response, answer.body)) return;
  noteClosure(rest, answer);
  send(rest, response, answer);
}

/** One call less of the quota; a fault once it is used up. */
function spend(rest: RestServer): FaultKind | null {
  const { quota, world } = rest;
  if (quota === null) return null;
  if (world.now() >= quota.resetAt) rest.quota = null;
  else if (quota.remaining <= 0) return 'primary-limit';
  else quota.remaining -= 1;
  return null;
}

/** Remembers how long a caller was told to stay away. */
function noteClosure(rest: RestServer, { headers = {} }: Answer): void {
  const now = rest.world.now().getTime();
  const wait = Number(headers['retry-after'] ?? 0) * 1000;
  const reset = headers['x-ratelimit-remaining'] === '0' ? Number(headers['x-ratelimit-reset']) * 1000 : 0;
  if (wait > 0 || reset > now) rest.closedUntil = Math.max(rest.closedUntil, now + wait, reset);
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
  const told = fault === null ? null : faultAnswer(fault, rest.world.now());
  const failed = told === null ? null : atReset(rest, told, fault);
  const failure = failed === null ? null : { ...failed, body: refusalBody(failed.status, failed.message) };
  if (failure !== null && !isDoneAllTheSame(fault)) return failure;
  if (fault === 'reset') return { status: 0 };
  const answer = await refusable(() => run(rest, incoming));
  return failure ?? answer;
}

/** A quota that is used up says when it is full again. */
function atReset<T extends { readonly headers: Readonly<Record<string, string>> }>(
  { quota }: RestServer,
  told: T,
  fault: FaultKind | null,
): T {
  if (fault !== 'primary-limit' || quota === null) return told;
  return { ...told, headers: { ...told.headers, 'x-ratelimit-reset': String(quota.resetAt.getTime() / 1000) } };
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
  const { world, violations } = rest;
  const { contract } = world;
  const moved = movedTo(world, incoming);
  if (moved !== null) return moved;
  const { route, params } = findRoute(incoming.method, pathByName(world, incoming.path));
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

/** GitHub leads from a name that a repository had to its id: reads by 301, anything else by 307. */
function movedTo({ repositories, formerNames, origin }: World, { method, path, url }: Incoming): Answer | null {
  const [, name = '', rest = ''] = /^\/repos\/([^/]+\/[^/]+)(\/.*)?$/.exec(path) ?? [];
  const moved = repositories.has(name) ? undefined : formerNames.get(name);
  if (moved === undefined) return null;
  const location = `${origin}${API_PREFIX}/repositories/${moved.id}${rest}${url.search}`;
  const status = method === 'GET' ? 301 : 307;
  return { status, body: { message: 'Moved Permanently', url: location }, headers: { location } };
}

/** A path by id in the words of the description. */
function pathByName({ repositories }: World, path: string): string {
  const [, id, rest = ''] = /^\/repositories\/(\d+)(\/.*)?$/.exec(path) ?? [];
  const found = id === undefined ? undefined : [...repositories.values()].find((one) => one.id === Number(id));
  return found === undefined ? path : `/repos/${found.fullName}${rest}`;
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

function send({ world, requests, quota }: RestServer, response: ServerResponse, answer: Answer): void {
  const text = answer.body === undefined ? '' : JSON.stringify(answer.body);
  const remaining = quota?.remaining ?? QUOTA - (requests.length % QUOTA);
  const reset = quota?.resetAt.getTime() ?? world.now().getTime() + 3_600_000;
  response.writeHead(answer.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    date: world.now().toUTCString(),
    'x-github-request-id': `PRETEND:${requests.length}`,
    'x-ratelimit-limit': QUOTA,
    'x-ratelimit-remaining': remaining,
    'x-ratelimit-reset': Math.floor(reset / 1000),
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
