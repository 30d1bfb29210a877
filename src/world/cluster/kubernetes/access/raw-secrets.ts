import type { JsonObject } from '../../../../model/json.ts';
import { readObject } from '../answer.ts';
import { defaultLimits } from '../limits.ts';
import { createTransport } from '../transport.ts';
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
  return readRaw(home, { path, action: `get secrets ${namespace}/${name}` }, around);
}

async function readRaw(
  { credentials, url, server }: Entrance,
  { path, action }: { readonly path: string; readonly action: string },
  { clock, redactor }: Pick<Surroundings, 'clock' | 'redactor'>,
): Promise<JsonObject> {
  const limits = defaultLimits;
  const transport = createTransport({ url, server, credentials, limits, redactor, clock, random: Math.random });
  try {
    const call = { method: 'GET', path, action, deadlineMs, isIdempotent: true } as const;
    const { text } = await transport.send(call, AbortSignal.timeout(2 * deadlineMs));
    const answer = readObject(text, { server, action });
    redactor.learnSecret(answer);
    return answer;
  } finally {
    await transport.close();
  }
}
