import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJson } from '../formats/json.ts';
import { isJsonObject, type Json, type JsonObject, pick, pickText } from '../model/json.ts';
import { type Asked, answersNothing, keepsNoToken, noServer, refusal, stranger } from './server-faults.ts';
import { inTheClear, type ServerPlace, staysHere } from './server-place.ts';

/** What is asked of the server, at a path of its API. */
export interface ServerRequest {
  readonly place: ServerPlace;
  readonly path: string;
  readonly body: JsonObject;
}

/** Milliseconds a server may take to answer. */
const deadline = 70_000;

/**
 * Asks a server. Throws `FairleadError`: `server-down`, `server-elsewhere` (another server listens there), `refused` with the server's
 * reason, `usage` for what it does not know and for a place where the token would go in the clear; `BorderError` when it takes another
 * token, and when it is in trouble.
 */
export async function askServer({ place, path, body }: ServerRequest, signal: AbortSignal): Promise<JsonObject> {
  const asked = place.kind === 'address' ? { ...place, dataDir: null } : await inFolder(place);
  const { status, type, text } = await send(asked, { path, body }, signal);
  const said = answerOf(text);
  if (status === 200 || status === 202) {
    if (isJsonObject(said)) return said;
    throw stranger(asked, status);
  }
  const isOurs = type.startsWith('application/problem+json');
  if (!isOurs && status < 500) throw stranger(asked, status);
  throw refusal(asked, status, pickText(said, 'detail') ?? `it answers ${status}`);
}

type Reached = Asked & { readonly token: string };

/** Where the server of a data folder listens now: after a start it is another port, and another token. */
async function inFolder({ dataDir, token }: Extract<ServerPlace, { kind: 'folder' }>): Promise<Reached> {
  const url = urlOf(dataDir, await kept(dataDir, 'server.json'));
  if (!staysHere(url) && !url.startsWith('https:')) throw inTheClear(dataDir, new URL(url));
  const own = (await kept(dataDir, 'api-token'))?.trim() ?? '';
  const shown = own === '' ? token : own;
  if (shown === null) throw keepsNoToken(dataDir);
  return { url, dataDir, token: shown };
}

/** null where there is no such file. */
async function kept(dataDir: string, name: string): Promise<string | null> {
  try {
    return await readFile(join(dataDir, name), 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null; // node:fs throws nothing else
    throw noServer(dataDir, cause);
  }
}

function urlOf(dataDir: string, text: string | null): string {
  const url = text === null ? undefined : pickText(answerOf(text), 'url');
  if (url === undefined || !URL.canParse(url)) throw noServer(dataDir, null);
  return url;
}

interface Answered {
  readonly status: number;
  /** Of its content. */
  readonly type: string;
  readonly text: string;
}

async function send(
  asked: Reached,
  { path, body }: Pick<ServerRequest, 'path' | 'body'>,
  signal: AbortSignal,
): Promise<Answered> {
  try {
    const answer = await fetch(`${asked.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${asked.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      // Followed, it would show the token to whoever is named.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(deadline)]),
    });
    return { status: answer.status, type: answer.headers.get('content-type') ?? '', text: await answer.text() };
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw answersNothing(asked, cause);
  }
}

function answerOf(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    // Whoever answers so is not our server; the status says the rest.
    return null;
  }
}

/** The number under a key. */
export function numberAt(value: JsonObject, key: string): number {
  const found = pick(value, key);
  return typeof found === 'number' ? found : 0;
}
