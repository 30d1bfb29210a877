import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A relay in front of an API server that says more than it should: it quotes what it was sent, and pods write what they know. */
export interface Relay {
  readonly url: string;
  close(): Promise<void>;
}

/** What writes of objects whose names begin so are answered with, all values of the object in the message. */
const quoted: Readonly<Record<string, (said: string) => { readonly code: number; readonly body: object }>> = {
  'quoted-invalid': (said) =>
    status(422, 'Invalid', `ConfigMap "x" is invalid: data: Invalid value: ${said}: too long`),
  'quoted-denied': (said) => status(403, 'Forbidden', `admission webhook "policy.example" denied the request: ${said}`),
  'quoted-webhook': (said) =>
    status(500, 'InternalError', `failed calling webhook "hook.example": ${said}: connection refused`),
  'quoted-typed': (said) => status(500, '', `failed to create typed patch object (shop/x; v1): .data: ${said}`),
};

/** Starts one on loopback. `known`: what the pods of the cluster write into their logs and messages. */
export async function startRelay(target: string, known: readonly string[]): Promise<Relay> {
  const server = createServer(async (incoming, answer) => {
    const body = Buffer.concat(await incoming.toArray());
    const refusal = incoming.method === 'GET' ? null : refusalOf(incoming.url ?? '', body.toString());
    if (refusal === null) return pass(incoming, body, { answer, target, known });
    answer.writeHead(refusal.code, { 'content-type': 'application/json' }).end(JSON.stringify(refusal.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Passing {
  readonly answer: ServerResponse;
  readonly target: string;
  readonly known: readonly string[];
}

/** Lets a request through; watches go on for as long as they are wanted. */
async function pass(
  { method = 'GET', url = '/', headers }: IncomingMessage,
  body: Buffer,
  { answer, target, known }: Passing,
): Promise<void> {
  const gone = new AbortController();
  answer.on('close', () => gone.abort());
  try {
    const sent = body.length === 0 ? {} : { body };
    const given = await fetch(new URL(url, target), { method, headers: plain(headers), signal: gone.signal, ...sent });
    answer.statusCode = given.status;
    answer.setHeader('content-type', given.headers.get('content-type') ?? 'application/json');
    if (url.includes('/quoted-warning')) answer.setHeader('warning', `299 - ${JSON.stringify(asciiOf(body))}`);
    if (url.includes('watch=')) await stream(given, answer);
    else answer.end(isPodLog(url) ? known.join('\n') : withMessages(await given.text(), known));
  } catch {
    answer.destroy(); // whoever asked has gone
  }
}

async function stream({ body }: Response, answer: ServerResponse): Promise<void> {
  for await (const part of body ?? []) answer.write(part);
  answer.end();
}

function refusalOf(url: string, body: string): ReturnType<(typeof quoted)[string]> | null {
  const name = Object.keys(quoted).find((one) => url.includes(`/${one}`));
  if (name === undefined || name.endsWith('-vault') || url.includes('-vault')) return null;
  return quoted[name]?.(body) ?? null;
}

function status(code: number, reason: string, message: string): { readonly code: number; readonly body: object } {
  return { code, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code } };
}

function isPodLog(url: string): boolean {
  return /\/pods\/[^/]+\/log/.test(url);
}

/** Containers that crash say why. */
function withMessages(text: string, known: readonly string[]): string {
  const message = JSON.stringify(known.join(' '));
  return text.replaceAll(/"reason":"(CrashLoopBackOff|Error)"/g, (reason) => `${reason},"message":${message}`);
}

/** Headers hold ASCII: JSON with all else escaped. */
function asciiOf(body: Buffer): string {
  const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return body
    .toString()
    .replaceAll(/[^\x20-\x7e]/g, escaped)
    .slice(0, 4_000);
}

function plain({ host: _host, connection: _connection, 'content-length': _length, ...rest }: IncomingHttpHeaders) {
  return Object.fromEntries(
    Object.entries(rest).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
