import { isJsonList, isJsonObject, type JsonObject, pick, pickText } from '../../../../model/json.ts';
import { readObject } from '../answer.ts';
import { defaultLimits } from '../limits.ts';
import { createTransport } from '../transport.ts';
import { withQuery } from '../urls.ts';
import type { Entrance, Surroundings } from './entrance.ts';

const deadlineMs = 10_000;

/**
 * A Secret, read past the masks every object of a cluster gets: what is in it is needed here, and goes nowhere else. Its values are
 * learned before it is given. Closes the way in. Throws `BorderError`.
 */
export async function readRawSecret(
  home: Entrance,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  around: Pick<Surroundings, 'clock' | 'redactor'>,
): Promise<JsonObject> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(name)}`;
  return reading(home, around, (read) => read({ path, action: `get secrets ${namespace}/${name}` }));
}

/** Secrets of a namespace with a label, read in the same way. Closes the way in. Throws `BorderError`. */
export async function listRawSecrets(
  home: Entrance,
  { namespace, labelSelector }: { readonly namespace: string; readonly labelSelector: string },
  around: Pick<Surroundings, 'clock' | 'redactor'>,
): Promise<readonly JsonObject[]> {
  const folder = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
  const action = `list secrets in ${namespace}`;
  return reading(home, around, async (read) => {
    const found: JsonObject[] = [];
    let next = '';
    for (let page = 0; page < mostPages; page++) {
      const path = withQuery(folder, { labelSelector, limit: 500, continue: next || null });
      const list = await read({ path, action });
      const items = pick(list, 'items');
      found.push(...(isJsonList(items) ? items.filter(isJsonObject) : []));
      next = pickText(list, 'metadata', 'continue') ?? '';
      if (next === '') break;
    }
    return found;
  });
}

/** Pages of 500 Secrets. */
const mostPages = 20;

type Read = (what: { readonly path: string; readonly action: string }) => Promise<JsonObject>;

async function reading<T>(
  { credentials, url, server }: Entrance,
  { clock, redactor }: Pick<Surroundings, 'clock' | 'redactor'>,
  work: (read: Read) => Promise<T>,
): Promise<T> {
  const limits = defaultLimits;
  const transport = createTransport({ url, server, credentials, limits, redactor, clock, random: Math.random });
  const signal = AbortSignal.timeout(2 * deadlineMs);
  try {
    return await work(async ({ path, action }) => {
      const { text } = await transport.send({ method: 'GET', path, action, deadlineMs, isIdempotent: true }, signal);
      const answer = readObject(text, { server, action });
      learn(answer, redactor);
      return answer;
    });
  } finally {
    await transport.close();
  }
}

/** Items of a list say no kind of their own. */
function learn(answer: JsonObject, redactor: Surroundings['redactor']): void {
  const items = pick(answer, 'items');
  const secrets = isJsonList(items) ? items.filter(isJsonObject) : [answer];
  for (const secret of secrets) redactor.learnSecret({ ...secret, kind: 'Secret' });
}
