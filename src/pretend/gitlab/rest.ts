import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { isDoneAllTheSame, sendBroken } from '../github/broken-answers.ts';
import type { FaultKind, Faults } from '../github/faults.ts';
import { deploymentRoutes } from './deployment-routes.ts';
import { hookRoutes } from './hook-routes.ts';
import { findProject, levelIn, requireScope, requireToken } from './identity.ts';
import { issueRoutes } from './issue-routes.ts';
import { mergeRequestRoutes } from './merge-request-routes.ts';
import { noteRoutes } from './note-routes.ts';
import { memberRoutes, openRoutes } from './people-routes.ts';
import { repositoryRoutes } from './repository-routes.ts';
import { type Answer, Refusal, type Route } from './route.ts';
import type { World } from './state.ts';
import { statusRoutes } from './status-routes.ts';

/** One request as it was answered. `status` is 0 while it hangs. */
export interface LoggedRequest {
  readonly method: string;
  /** Path with query, below `/api/v4`. */
  readonly path: string;
  readonly body: unknown;
  status: number;
}

/** What serving the REST API needs. */
export interface RestServer {
  readonly world: World;
  readonly faults: Faults;
  readonly requests: LoggedRequest[];
  /** Requests and own answers that break the description. */
  readonly violations: string[];
}

/** Every route the pretend GitLab serves. */
export const routes: readonly Route[] = [
  ...openRoutes,
  ...memberRoutes,
  ...repositoryRoutes,
  ...statusRoutes,
  ...mergeRequestRoutes,
  ...noteRoutes,
  ...issueRoutes,
  ...deploymentRoutes,
  ...hookRoutes,
];

interface Incoming {
  readonly method: string;
  readonly path: string;
  readonly url: URL;
  readonly body: unknown;
  readonly headers: IncomingHttpHeaders;
}

/** Serves one REST request: fault, route, rights, validation both ways. */
export async function serveRest(rest: RestServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', rest.world.origin);
  const method = request.method ?? 'GET';
  const path = url.pathname.replace(/^\/api(?:\/v4)?/, '');
  const body = await readJson(request);
  const logged: LoggedRequest = { method, path: path + url.search, body, status: 0 };
  rest.requests.push(logged);
  const fault = rest.faults.take(method, path);
  if (fault === 'hang') return;
  const answer = await answerTo(rest, { method, path, url, body, headers: request.headers }, fault);
  logged.status = answer.status;
  if (sendBroken(fault, response, answer.body)) return;
  send(response, answer);
}

async function answerTo(rest: RestServer, incoming: Incoming, fault: FaultKind | null): Promise<Answer> {
  const failure = fault === null ? null : faultAnswer(fault);
  if (failure !== null && !isDoneAllTheSame(fault)) return failure;
  if (fault === 'reset') return { status: 0 };
  const answer = await refusable(() => run(rest, incoming));
  return failure ?? answer;
}

async function refusable(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: error.status, body: error.body, headers: error.headers };
  }
}

async function run(rest: RestServer, incoming: Incoming): Promise<Answer> {
  const { world, violations } = rest;
  const token = requireToken(world, incoming.headers);
  requireScope(token, incoming.method === 'GET' || incoming.path === '/graphql');
  const { route, params } = findRoute(incoming.method, incoming.path);
  const { operation } = route;
  const wrong = world.contract.request(operation, incoming.url.searchParams, incoming.body);
  violations.push(...wrong.map((text) => `${operation}: ${text}`));
  if (wrong.length > 0) throw new Refusal(400, { error: wrong.join('; ') });
  const body = (incoming.body ?? {}) as Readonly<Record<string, unknown>>;
  const call = { world, url: incoming.url, params, body, token };
  const answer = route.by === 'token' ? await route.run(call) : await runInProject(route, call);
  const broken = world.contract.response(operation, answer.status, answer.body);
  violations.push(...broken.map((text) => `${operation} ${answer.status}: ${text}`));
  return answer;
}

type ProjectRouteOf = Extract<Route, { by: 'project' }>;

function runInProject(
  route: ProjectRouteOf,
  call: Omit<Parameters<ProjectRouteOf['run']>[0], 'project' | 'level'>,
): Answer | Promise<Answer> {
  const project = findProject(call.world, call.params['id'] ?? '');
  const level = project === null ? 0 : levelIn(call.token, project);
  if (project === null || level === 0) throw new Refusal(404, '404 Project Not Found');
  if (level < route.needs) throw new Refusal(403, '403 Forbidden');
  return route.run({ ...call, project, level });
}

function findRoute(method: string, path: string): { route: Route; params: Record<string, string> } {
  for (const route of routes) {
    const [routeMethod, template = ''] = route.operation.split(' ');
    const params = routeMethod === method ? matchPath(template, path) : null;
    if (params !== null) return { route, params };
  }
  throw new Refusal(404, { error: '404 Not Found' });
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

const faultAnswers: Readonly<Partial<Record<FaultKind, Answer>>> = {
  unauthorized: { status: 401, body: { message: '401 Unauthorized' } },
  forbidden: { status: 403, body: { message: '403 Forbidden' } },
  'not-found': { status: 404, body: { message: '404 Not found' } },
  conflict: { status: 409, body: { message: 'Another update to this commit status is in progress' } },
  invalid: { status: 400, body: { message: '400 Bad request' } },
  'primary-limit': { status: 429, body: { message: 'Too many requests' }, headers: { 'retry-after': '7' } },
  'secondary-limit': { status: 429, body: { message: 'This endpoint has been requested too many times.' } },
  'too-many-requests': { status: 429, body: { message: 'Too many requests' }, headers: { 'retry-after': '7' } },
  unavailable: { status: 503, body: { message: '503 Service Unavailable' } },
  'bad-gateway': { status: 502, body: { message: '502 Bad Gateway' } },
  'bad-gateway-after-commit': { status: 502, body: { message: '502 Bad Gateway' } },
  'server-error-after-commit': { status: 500, body: { message: '500 Internal Server Error' } },
  'gateway-timeout-after-commit': { status: 504, body: { message: '504 Gateway Timeout' } },
  'secondary-limit-bare': { status: 429, body: { message: 'Too many requests' } },
  'too-many-requests-bare': { status: 429, body: { message: 'Too many requests' } },
  'unavailable-for-a-while': {
    status: 503,
    body: { message: '503 Service Unavailable' },
    headers: { 'retry-after': '20' },
  },
  suspended: { status: 403, body: { message: '403 Forbidden - Your account has been blocked.' } },
};

function faultAnswer(kind: FaultKind): Answer | null {
  return faultAnswers[kind] ?? null;
}

function send(response: ServerResponse, answer: Answer): void {
  const text = answer.body === undefined ? '' : JSON.stringify(answer.body);
  response.writeHead(answer.status, {
    ...(text === '' ? {} : { 'content-type': 'application/json' }),
    'content-length': Buffer.byteLength(text),
    'x-request-id': 'PRETEND',
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
