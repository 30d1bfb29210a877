import type { ServerResponse } from 'node:http';

/** What a route answers: a status, a JSON body, further headers. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent in place of the JSON body. */
  readonly plain?: { readonly type: string; readonly text: string };
  /** Whether the request may still be sending: the connection is then cut soon after the answer. */
  readonly isUnread?: boolean;
}

/** Milliseconds a client that is still sending has to read our refusal before the connection is cut. */
const LINGER = 1000;

/** On every answer: nothing is to be cached, framed, sniffed or executed. */
const securityHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** Sends an answer. */
export function send(response: ServerResponse, answer: Answer): void {
  if (response.headersSent || response.destroyed) return;
  const text = answer.plain?.text ?? JSON.stringify(answer.body);
  response.writeHead(answer.status, {
    ...securityHeaders,
    'content-type': answer.plain?.type ?? 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...answer.headers,
  });
  if (answer.isUnread && !response.req.complete) linger(response, text);
  else response.end(text);
}

/**
 * Answers while the client still sends, and throws the rest away for a moment before it cuts. An answer that ended at once
 * would let Node cut the connection, and the client would meet a broken pipe in place of the refusal.
 */
function linger(response: ServerResponse, text: string): void {
  const { req: request } = response;
  response.write(text);
  request.resume();
  const cut = setTimeout(() => request.destroy(), LINGER);
  cut.unref();
  request.once('end', () => response.end());
  request.once('close', () => clearTimeout(cut));
}
