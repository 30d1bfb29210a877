import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickText } from '../../model/json.ts';

/** Where and as whom a Kubernetes API server is asked. */
export interface KubeAccess {
  /** `https://127.0.0.1:PORT`. */
  readonly server: string;
  readonly token: string;
  /** PEM of the certificate authority. */
  readonly ca: string;
}

/** The few calls a small controller needs. */
export interface KubeApi {
  /** Each object of a collection as it is now and after every change, until the signal fires. */
  follow(path: string, signal: AbortSignal): AsyncIterable<JsonObject>;
  get(path: string): Promise<JsonObject | null>;
  /** Merge patch; false when the object is gone. */
  mergePatch(path: string, patch: JsonObject): Promise<boolean>;
  close(): void;
}

/** Milliseconds one call may take. */
const deadline = 20_000;

/** Opens a client without any library; throws when the server refuses a call. */
export function openKubeApi({ server, token, ca }: KubeAccess): KubeApi {
  const agent = new Agent({ ca, keepAlive: true });
  const send: Send = ({ method, path, body, signal }) =>
    new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : mergePatchType) };
      const options = { method, headers, agent, ...(signal === undefined ? { timeout: deadline } : { signal }) };
      const sent = httpsRequest(new URL(path, server), options, resolve);
      sent.on('timeout', () => sent.destroy(new Error(`${method} ${path} got no answer`))).on('error', reject);
      sent.end(body);
    });
  return {
    follow: (path, signal) => follow(send, path, signal),
    get: async (path) => {
      const answer = await send({ method: 'GET', path });
      return answer.statusCode === 404 ? discard(answer) : readJson(answer);
    },
    mergePatch: async (path, patch) => {
      const answer = await send({ method: 'PATCH', path, body: JSON.stringify(patch) });
      return (answer.statusCode === 404 ? discard(answer) : await readJson(answer)) !== null;
    },
    close: () => agent.destroy(),
  };
}

type Send = (call: {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly signal?: AbortSignal;
}) => Promise<IncomingMessage>;

const mergePatchType = { 'content-type': 'application/merge-patch+json' };

/** Lists, then watches from there; begins anew when the server ends a watch. */
async function* follow(send: Send, path: string, signal: AbortSignal): AsyncIterable<JsonObject> {
  while (!signal.aborted) {
    const list = await readJson(await send({ method: 'GET', path }));
    const items = pick(list, 'items');
    if (isJsonList(items)) yield* items.filter(isJsonObject);
    const version = pickText(list, 'metadata', 'resourceVersion') ?? '';
    const query = `watch=true&allowWatchBookmarks=true&resourceVersion=${encodeURIComponent(version)}`;
    yield* events(await send({ method: 'GET', path: `${path}?${query}`, signal }));
  }
}

async function* events(answer: IncomingMessage): AsyncIterable<JsonObject> {
  for await (const line of lines(answer)) {
    const event: Json = JSON.parse(line);
    const object = pick(event, 'object');
    if (pick(event, 'type') === 'ERROR') return; // too old: list again
    if (isJsonObject(object) && ['ADDED', 'MODIFIED'].includes(String(pick(event, 'type')))) yield object;
  }
}

async function* lines(answer: IncomingMessage): AsyncIterable<string> {
  let rest = '';
  for await (const part of answer.setEncoding('utf8')) {
    const found = (rest + part).split('\n');
    rest = found.pop() ?? '';
    yield* found.filter((line) => line !== '');
  }
}

async function readJson(answer: IncomingMessage): Promise<JsonObject> {
  let text = '';
  for await (const part of answer.setEncoding('utf8')) text += part;
  const status = answer.statusCode ?? 0;
  if (status < 200 || status > 299) throw new Error(`the API server answered ${status}: ${text}`);
  const json: Json = JSON.parse(text);
  if (!isJsonObject(json)) throw new Error('the API server answered with something that is no object');
  return json;
}

function discard(answer: IncomingMessage): null {
  answer.resume();
  return null;
}
