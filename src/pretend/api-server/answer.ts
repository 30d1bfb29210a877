import type { ServerResponse } from 'node:http';
import type { Api } from './api.ts';
import { answerDiscovery } from './discovery.ts';
import { type ApiAnswer, type ApiRequest, ok } from './exchange.ts';
import { authorise, identify, type User } from './identity.ts';
import { answerOpenApi } from './openapi.ts';
import { readList, readOne } from './read.ts';
import { removeMany, removeOne } from './remove.ts';
import { type Route, readRoute } from './route.ts';
import { notAllowed, refusal, StatusError } from './status.ts';
import { streamWatch } from './watch.ts';
import { WarnedStatusError, writeObject } from './write.ts';

/** Answers one request; null when it was answered as a stream. Never throws what a server would answer. */
export async function answer(
  api: Api,
  request: ApiRequest,
  response: ServerResponse,
  now: () => number,
): Promise<ApiAnswer | null> {
  try {
    return await route(api, request, response, now);
  } catch (fault) {
    if (fault instanceof WarnedStatusError) return { code: fault.code, body: fault.status, warnings: fault.warnings };
    if (fault instanceof StatusError) return { code: fault.code, body: fault.status };
    const message = fault instanceof Error ? fault.message : String(fault);
    return { code: 500, body: refusal({ code: 500, reason: 'InternalError', message }).status };
  }
}

const probes = new Set(['/healthz', '/livez', '/readyz']);

async function route(
  api: Api,
  request: ApiRequest,
  response: ServerResponse,
  now: () => number,
): Promise<ApiAnswer | null> {
  if (probes.has(request.path)) return ok('ok', 'text/plain; charset=utf-8');
  const user = identify(request, api.users);
  if (request.path === '/version') return answerDiscovery(request, api.registry);
  await api.ready;
  const told =
    answerDiscovery(request, api.registry) ?? (await answerOpenApi(request.path, api.documents, api.registry));
  if (told !== null) return told;
  if (request.path === accessReviews) return reviewAccess(request, user);
  const found = readRoute(request.path, api.registry);
  if (found === null) return { code: 404, body: '404 page not found\n', type: 'text/plain; charset=utf-8' };
  return resource({ api, request, response, user, now }, found);
}

interface Call {
  readonly api: Api;
  readonly request: ApiRequest;
  readonly response: ServerResponse;
  readonly user: User;
  readonly now: () => number;
}

async function resource(call: Call, route: Route): Promise<ApiAnswer | null> {
  const { api, request, response, now } = call;
  const verb = verbOf(request, route);
  authorise(call.user, verb, route);
  switch (verb) {
    case 'watch':
      streamWatch(api, route, request, response);
      return null;
    case 'get':
      return readOne(api, route, request);
    case 'list':
      return readList(api, route, request);
    case 'delete':
      return removeOne(api, route, request, now);
    case 'deletecollection':
      return removeMany(api, route, request, now);
    case 'unknown':
      throw notAllowed();
    default:
      return writeObject(api, route, request);
  }
}

function verbOf({ method, query }: ApiRequest, { name }: Route): string {
  const isWatch = query.get('watch') === 'true' || query.get('watch') === '1';
  switch (method) {
    case 'GET':
      return isWatch ? 'watch' : name === null ? 'list' : 'get';
    case 'DELETE':
      return name === null ? 'deletecollection' : 'delete';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    default:
      return 'unknown';
  }
}

const accessReviews = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

/** Says whether the caller itself may do something, as `kubectl auth can-i` asks. */
function reviewAccess(request: ApiRequest, user: User): ApiAnswer {
  const review = JSON.parse(request.body);
  const verb = String(review?.spec?.resourceAttributes?.verb ?? '');
  const allowed = user.verbs === null || user.verbs.includes(verb);
  return { code: 201, body: { ...review, status: { allowed } } };
}
