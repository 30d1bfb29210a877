import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Meter } from '../tools/metrics/metrics.ts';
import type { Tracer } from '../tools/trace/tracer.ts';
import type { ForgeSettings } from './forges.ts';

/** What the HTTP client says of a request; the same for Node's own `fetch` and for undici. */
interface Told {
  readonly request: { readonly origin?: string | URL; readonly method: string; readonly path: string };
  readonly response?: { readonly statusCode: number; readonly headers: readonly (Buffer | string)[] };
  readonly error?: unknown;
}

const channels = {
  begun: 'undici:request:create',
  answered: 'undici:request:headers',
  failed: 'undici:request:error',
} as const;

/** The API of each configured forge, by its origin. */
export function forgeOrigins({ github, gitlab, others = [] }: ForgeSettings): ReadonlyMap<string, string> {
  const origins = new Map<string, string>();
  if (github !== null) origins.set(originOf(github.baseUrl ?? 'https://api.github.com'), 'github');
  if (gitlab !== null) origins.set(originOf(gitlab.url), 'gitlab');
  for (const other of others) {
    const url = other.kind === 'github' ? (other.baseUrl ?? 'https://api.github.com') : other.url;
    origins.set(originOf(url), other.name);
  }
  return origins;
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}

/**
 * Counts requests to forges, retries included, and makes each a span. It listens where the HTTP client tells of its requests, so
 * that no library between us and the forge has to let us in. Gives what ends it.
 */
export function watchRequests(
  origins: ReadonlyMap<string, string>,
  { meter, tracer }: { readonly meter: Meter; readonly tracer: Tracer },
): () => void {
  const spans = new WeakMap<object, ReturnType<Tracer['begin']>>();
  const forgeOf = ({ request }: Told): string | undefined => origins.get(String(request.origin));
  const listeners = {
    begun: (told: Told, forge: string) => spans.set(told.request, tracer.begin(specOf(told, forge))),
    answered: (told: Told, forge: string) => {
      const { statusCode = 0, headers = [] } = told.response ?? {};
      const read = headersOf(headers);
      meter.count('fairlead_forge_requests_total', {
        forge,
        method: told.request.method,
        status: statusOf(statusCode, read),
      });
      tellLimit(forge, read, meter);
      const span = spans.get(told.request);
      span?.set({ 'http.response.status_code': statusCode });
      span?.end(statusCode >= 400 ? String(statusCode) : undefined);
    },
    failed: (told: Told, forge: string) => {
      // After an answer it is the body that broke off; the request was counted.
      if (told.response === undefined)
        meter.count('fairlead_forge_requests_total', { forge, method: told.request.method, status: 'none' });
      spans.get(told.request)?.end('no answer');
    },
  };
  const hear = (kind: keyof typeof channels) => (message: unknown) => {
    const told = message as Told; // as the client documents it
    const forge = forgeOf(told);
    if (forge !== undefined) listeners[kind](told, forge);
  };
  const heard = (['begun', 'answered', 'failed'] as const).map((kind) => [channels[kind], hear(kind)] as const);
  for (const [channel, listener] of heard) subscribe(channel, listener);
  return () => {
    for (const [channel, listener] of heard) unsubscribe(channel, listener);
  };
}

/** The path is left out: it names people, branches and files. */
function specOf({ request }: Told, forge: string) {
  const { method, origin } = request;
  return {
    name: `${forge} ${method}`,
    kind: 'client',
    attributes: {
      'http.request.method': method,
      'server.address': new URL(String(origin)).host,
      'vcs.provider.name': forge,
    },
  } as const;
}

function statusOf(status: number, headers: ReadonlyMap<string, string>): string {
  const isLimited =
    status === 429 || (status === 403 && (headers.get('x-ratelimit-remaining') === '0' || headers.has('retry-after')));
  return isLimited ? 'limited' : `${Math.floor(status / 100)}xx`;
}

/** GitHub says `x-ratelimit-...`, GitLab `ratelimit-...`. */
function tellLimit(forge: string, headers: ReadonlyMap<string, string>, meter: Meter): void {
  const remaining = headers.get('x-ratelimit-remaining') ?? headers.get('ratelimit-remaining');
  if (remaining === undefined || !/^\d+$/.test(remaining)) return;
  const resource = headers.get('x-ratelimit-resource') ?? 'core';
  meter.set('fairlead_forge_rate_limit_remaining', { forge, resource }, Number(remaining));
}

function headersOf(raw: readonly (Buffer | string)[]): ReadonlyMap<string, string> {
  const texts = raw.map(String);
  return new Map(
    texts.flatMap((name, index) => (index % 2 === 0 ? [[name.toLowerCase(), texts[index + 1] ?? '']] : [])),
  );
}
