import { createHash, timingSafeEqual } from 'node:crypto';
import type { Logger } from 'pino';
import { parseJson } from '../formats/json.ts';
import { FairleadError } from '../model/error.ts';
import type { Json } from '../model/json.ts';
import type { Answer } from './answer.ts';
import type { Asked } from './asked.ts';

/** What answers a request with a JSON body. Refuses by throwing or by answering a problem. */
export type ApiRoute = (body: Json, signal: AbortSignal) => Promise<Answer>;

/** What the API is made of. */
export interface ApiOptions {
  /** What a caller must show: `Authorization: Bearer TOKEN`. */
  readonly token: string;
  /** Path -> what a POST there does. */
  readonly routes: Readonly<Record<string, ApiRoute>>;
  readonly redact: (text: string) => string;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

/** The API of a running server. */
export interface Api {
  /** null for a path that is none of the API's. */
  readonly answer: (asked: Asked) => Promise<Answer | null> | null;
}

/** Bytes of a request we read. */
const largestRequest = 64 * 1024;

/** Milliseconds the work behind one request may take. */
const deadline = 60_000;

/** Everything under `/api/`: for programs that hold the token, never for web pages. */
export function createApi(options: ApiOptions): Api {
  return { answer: (asked) => (asked.path.startsWith('/api/') ? answer(asked, options) : null) };
}

async function answer(asked: Asked, around: ApiOptions): Promise<Answer | null> {
  const { path, method, headers } = asked;
  const refusal = refuse(headers, around);
  if (refusal !== null) return refusal;
  const route = Object.hasOwn(around.routes, path) ? around.routes[path] : undefined;
  if (route === undefined) return problem(404, `there is nothing at ${path}`, { isUnread: true });
  if (method !== 'POST') return problem(405, 'only POST', { headers: { allow: 'POST' }, isUnread: true });
  if (!/^application\/json\b/i.test(headers['content-type'] ?? ''))
    return problem(415, 'the body must be application/json', { isUnread: true });
  const read = await asked.readBody(largestRequest);
  switch (read.kind) {
    case 'too-large':
      return problem(413, `a request holds at most ${largestRequest} bytes`, { isUnread: true });
    case 'busy':
      return problem(503, 'too much at once', { headers: { 'retry-after': '5' }, isUnread: true });
    case 'broken-off':
      return null;
    case 'read':
      return perform(route, read.body, around);
    default:
      return read satisfies never;
  }
}

/** A web page cannot know the token; one that tries all the same is turned away by name. */
function refuse(headers: Asked['headers'], { token }: ApiOptions): Answer | null {
  if (headers.origin !== undefined) return problem(403, 'the API is not for web pages', { isUnread: true });
  const shown = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(headers.authorization ?? '')?.[1];
  if (shown !== undefined && isSame(shown, token)) return null;
  const detail = shown === undefined ? 'a bearer token is needed' : 'the token is not that of this server';
  return problem(401, detail, { headers: { 'www-authenticate': 'Bearer' }, isUnread: true });
}

/** Compared by hash: neither content nor length shows in the time it takes. */
function isSame(one: string, other: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}

async function perform(route: ApiRoute, bytes: Buffer, { redact, logger }: ApiOptions): Promise<Answer> {
  const body = bodyOf(bytes);
  if (body === undefined) return problem(400, 'the body is no JSON');
  try {
    return await route(body, AbortSignal.timeout(deadline));
  } catch (error) {
    if (!(error instanceof FairleadError)) throw error;
    logger.warn({ code: error.code, subject: redact(error.subject) }, 'request of the API failed');
    return problem(503, redact(`${error.message} ${error.remedy}`));
  }
}

function bodyOf(bytes: Buffer): Json | undefined {
  try {
    return parseJson(bytes.toString('utf8'));
  } catch {
    // Told to the caller as a refusal.
    return undefined;
  }
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  503: 'Service Unavailable',
};

/** A refusal as RFC 9457 has it. */
export function problem(status: number, detail: string, more: Partial<Answer> = {}): Answer {
  const body = { type: 'about:blank', title: titles[status] ?? 'Error', status, detail };
  return { ...more, status, body, headers: { ...more.headers, 'content-type': 'application/problem+json' } };
}
