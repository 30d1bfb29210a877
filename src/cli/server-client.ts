import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJson } from '../formats/json.ts';
import { BorderError, FairleadError } from '../model/error.ts';
import { isJsonObject, type Json, type JsonObject, pick, pickText } from '../model/json.ts';

/** What is asked of the server, at a path of its API. */
export interface ServerRequest {
  readonly dataDir: string;
  readonly path: string;
  readonly body: JsonObject;
}

/** Milliseconds a server may take to answer. */
const deadline = 70_000;

/**
 * Asks the server whose data folder this is. Throws `FairleadError`: `server-down`, `server-elsewhere` (another server listens
 * there), `refused` with the server's reason, `usage` for what it does not know; `BorderError` when it is in trouble.
 */
export async function askServer({ dataDir, path, body }: ServerRequest, signal: AbortSignal): Promise<JsonObject> {
  const { url, token } = await placeOf(dataDir);
  const answer = await send(`${url}${path}`, { token, body, dataDir }, signal);
  const said = answerOf(await answer.text());
  if (answer.ok) return isJsonObject(said) ? said : {};
  throw refusal(answer.status, pickText(said, 'detail') ?? `it answers ${answer.status}`, { url, dataDir });
}

async function placeOf(dataDir: string): Promise<{ readonly url: string; readonly token: string }> {
  try {
    const place = parseJson(await readFile(join(dataDir, 'server.json'), 'utf8'));
    const token = (await readFile(join(dataDir, 'api-token'), 'utf8')).trim();
    const url = pickText(place, 'url');
    if (url !== undefined && token !== '') return { url, token };
  } catch (cause) {
    throw down(dataDir, cause);
  }
  throw down(dataDir, null);
}

async function send(
  url: string,
  { token, body, dataDir }: { readonly token: string; readonly body: JsonObject; readonly dataDir: string },
  signal: AbortSignal,
): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(deadline)]),
    });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw down(dataDir, cause);
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

function down(dataDir: string, cause: unknown): FairleadError {
  return new FairleadError({
    code: 'server-down',
    subject: dataDir,
    message: `no server runs on the data folder ${dataDir}`,
    remedy: 'Start it with `fairlead serve`, or name the folder of the one that runs with --data.',
    cause,
  });
}

function refusal(
  status: number,
  detail: string,
  { url, dataDir }: { readonly url: string; readonly dataDir: string },
): FairleadError {
  if (status === 401)
    return new FairleadError({
      code: 'server-elsewhere',
      subject: dataDir,
      message: `the server at ${url} is not the one of the data folder ${dataDir}`,
      remedy: 'Name the folder of the server that runs with --data, or start one for this folder.',
    });
  if (status === 404 || status === 400)
    return new FairleadError({ code: 'usage', subject: url, message: detail, remedy: 'Correct the command.' });
  if (status === 409 || status === 403)
    return new FairleadError({
      code: 'refused',
      subject: url,
      message: `refused: ${detail}`,
      remedy: 'Change what forbids it (`fairlead config explain` shows the settings), then ask again.',
    });
  return new BorderError({
    ...{ code: 'server-failed', kind: 'unavailable', status, subject: url, message: `the server cannot: ${detail}` },
    remedy: 'Look into its log, then ask again.',
  });
}

/** The number under a key. */
export function numberAt(value: JsonObject, key: string): number {
  const found = pick(value, key);
  return typeof found === 'number' ? found : 0;
}
