import type { IncomingHttpHeaders } from 'node:http';
import { Agent, type Dispatcher, request } from 'undici';
import { type BorderError, FairleadError } from '../../../model/error.ts';
import { invalid, limited, missing, refused, shown, tooLarge, unreachable } from '../faults.ts';
import type { SourceLimits } from '../limits.ts';
import { type Dial, makeConnector } from './connector.ts';
import type { Gate } from './gate.ts';

/** One thing to get. */
export interface Wanted {
  readonly url: URL;
  readonly accept?: string;
  /** Value of the header; it goes to the host of `url` and to no other. */
  readonly authorization?: string | null;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** An answer that came whole. Its status is below 300, or 401. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
  /** Where it came from in the end. */
  readonly url: URL;
}

/** Gets things over HTTPS from listed hosts. */
export interface SourceHttp {
  /**
   * The answer, redirects followed. A 401 is an answer too: it may say how to ask. Throws what the contract of sources lists, and the
   * signal's reason.
   */
  get(wanted: Wanted): Promise<Answer>;
  close(): Promise<void>;
}

/** What is needed to reach hosts. */
export interface HttpOptions {
  readonly gate: Gate;
  readonly dial?: Dial;
  authority(url: URL): Promise<string | null>;
  readonly limits: SourceLimits;
  readonly now: () => Date;
}

const mostRedirects = 5;

/** Opens the way to hosts the gate lets through. Proxies of the environment are not used: they would look up names themselves. */
export function openHttp(options: HttpOptions): SourceHttp {
  const { limits } = options;
  const agent = new Agent({
    connect: makeConnector({ ...options, connectMs: limits.connectMs }),
    headersTimeout: limits.silenceMs,
    bodyTimeout: limits.silenceMs,
    keepAliveTimeout: 10_000,
    connections: 4,
  });
  return {
    get: (wanted) => get(wanted, { ...options, agent }),
    close: () => agent.destroy(),
  };
}

type Ground = HttpOptions & { readonly agent: Agent };

async function get(wanted: Wanted, ground: Ground): Promise<Answer> {
  const signal = AbortSignal.any([wanted.signal, AbortSignal.timeout(ground.limits.requestMs)]);
  let { url } = wanted;
  for (let hop = 0; hop <= mostRedirects; hop++) {
    const found = await ask(url, wanted, { ...ground, signal });
    if (!(found instanceof URL)) return found;
    url = found;
  }
  throw invalid(
    shown(wanted.url),
    `${shown(wanted.url)} redirects more than ${mostRedirects} times.`,
    'Name its last address.',
  );
}

/** One request: an answer, or where it leads on. */
async function ask(url: URL, wanted: Wanted, ground: Ground & { readonly signal: AbortSignal }): Promise<Answer | URL> {
  checkUrl(url, ground.gate);
  const isSameHost = url.host === wanted.url.host;
  const authorization = isSameHost ? (wanted.authorization ?? null) : null;
  try {
    const response = await request(url, {
      dispatcher: ground.agent,
      signal: ground.signal,
      headers: {
        'user-agent': 'fairlead',
        ...(wanted.accept === undefined ? {} : { accept: wanted.accept }),
        ...(authorization === null ? {} : { authorization }),
      },
    });
    return await judge(url, response, { wanted, now: ground.now });
  } catch (fault) {
    wanted.signal.throwIfAborted();
    if (fault instanceof FairleadError) throw fault;
    throw unreachable(shown(url), whyOf(fault, ground.signal), { cause: fault });
  }
}

function checkUrl(url: URL, gate: Gate): void {
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '')
    throw invalid(
      shown(url),
      `${shown(url)} is fetched over https only, without credentials in its URL.`,
      'Correct the URL.',
    );
  gate.checkHost(url);
}

async function judge(
  url: URL,
  response: Dispatcher.ResponseData,
  { wanted, now }: { readonly wanted: Wanted; readonly now: () => Date },
): Promise<Answer | URL> {
  const { statusCode: status, headers, body } = response;
  if (status < 300 || status === 401) {
    return { status, headers, body: await readBody(url, response, wanted.maxBytes), url };
  }
  body.on('error', () => undefined); // What is left of it is of no interest.
  body.destroy();
  const location = headers['location'];
  if (redirects.has(status) && typeof location === 'string') return target(url, location);
  throw faultOf(url, status, retryAt(headers['retry-after'], now));
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

function target(url: URL, location: string): URL {
  const found = URL.parse(location, url.href);
  if (found === null)
    throw invalid(shown(url), `${shown(url)} redirects to what is no URL.`, 'Ask its owner to correct it.');
  return found;
}

async function readBody(url: URL, { headers, body }: Dispatcher.ResponseData, maxBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = Number(headers['content-length'] ?? 0);
  try {
    if (size > maxBytes) throw tooLarge(shown(url), maxBytes);
    size = 0;
    for await (const chunk of body) {
      // The body of undici gives buffers.
      const bytes = chunk as Buffer;
      size += bytes.length;
      if (size > maxBytes) throw tooLarge(shown(url), maxBytes);
      chunks.push(bytes);
    }
  } finally {
    body.on('error', () => undefined); // Destroyed early it errs; the fault is known by then.
    body.destroy();
  }
  return Buffer.concat(chunks);
}

/** What an answer of 300 and above means. */
export function faultOf(url: URL, status: number, retry: Date | null): BorderError {
  const subject = shown(url);
  if (status === 401 || status === 403) return refused(subject, url.host, status);
  if (status === 404 || status === 410)
    return missing(
      subject,
      `${subject} does not exist (${status}).`,
      'Check the name; some servers say so when credentials are missing.',
    );
  if (status === 429) return limited(subject, retry);
  return unreachable(subject, `it answers ${status}`, { status });
}

/** `Retry-After`: seconds or a date; at most an hour from now. */
function retryAt(header: string | string[] | undefined, now: () => Date): Date | null {
  if (typeof header !== 'string') return null;
  const at = /^\d{1,6}$/.test(header) ? now().getTime() + Number(header) * 1000 : Date.parse(header);
  return Number.isNaN(at) ? null : new Date(Math.min(at, now().getTime() + 3_600_000));
}

/** Never what the server said: it may hold anything. */
function whyOf(fault: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'it did not answer in time';
  const code = typeof fault === 'object' && fault !== null && 'code' in fault ? String(fault.code) : '';
  if (code.startsWith('UND_ERR_') && code.endsWith('TIMEOUT')) return 'it fell silent';
  if (/CERT|SELF_SIGNED|ISSUER|SIGNATURE/.test(code)) return `its certificate is not trusted (${code})`;
  return code === '' ? 'the connection failed' : `the connection failed (${code})`;
}
