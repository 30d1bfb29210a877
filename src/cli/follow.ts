import { setTimeout as delay } from 'node:timers/promises';
import { visible } from '../formats/markdown.ts';
import { endStates } from '../model/deployment.ts';
import { BorderError, FairleadError } from '../model/error.ts';
import { isJsonList, type Json, type JsonObject, pick, pickText } from '../model/json.ts';
import { askServer } from './server-client.ts';
import type { ServerPlace } from './server-place.ts';

/** One deployment that a request began, as the server tells of it. */
export interface Followed {
  readonly id: string;
  readonly target: string;
  readonly state: string;
  readonly reason: string;
}

/** How it is followed. */
export interface FollowOptions {
  /** Milliseconds until it is given up. */
  readonly timeout: number;
  /** Told of every change. */
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
  /** Milliseconds between two looks; default 500. */
  readonly pause?: number;
}

/** Gives the deployments a request began; none before the server took it up. */
export type Look = (signal: AbortSignal) => Promise<readonly Followed[]>;

const ends: ReadonlySet<string> = endStates;

/**
 * Follows the deployments of a request to their end: `failed` when one failed, `healthy` when all are; `unknown` when time ran out, or
 * a newer one took the place of one. A server that is away meanwhile is asked again. Throws what the signal was aborted with.
 */
export async function follow(
  look: Look,
  { timeout, say, signal, pause = 500 }: FollowOptions,
): Promise<'healthy' | 'failed' | 'unknown'> {
  const end = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
  const tell = tellChanges(say);
  let known: readonly Followed[] = [];
  while (!end.aborted) {
    const found = await lookOnce(look, end);
    if (!end.aborted) tell(found);
    known = found ?? known;
    if (known.length > 0 && known.every(({ state }) => ends.has(state))) return outcomeOf(known);
    await delay(pause, undefined, { signal: end }).catch(() => undefined); // the loop sees why
  }
  signal.throwIfAborted();
  say(known.length === 0 ? 'time ran out: the server began nothing yet' : 'time ran out: it is still under way');
  return 'unknown';
}

/** Says what is new of each deployment, and once that the server is away. */
function tellChanges(say: (line: string) => void): (found: readonly Followed[] | null) => void {
  const told = new Map<string, string>();
  let isAway = false;
  return (found) => {
    if (found === null && !isAway) say('the server does not answer: it is asked again');
    isAway = found === null;
    for (const one of found ?? []) {
      const line = lineOf(one);
      if (told.get(one.id) !== line) say(line);
      told.set(one.id, line);
    }
  };
}

/** null while the server is away, as it is while it starts anew. */
async function lookOnce(look: Look, end: AbortSignal): Promise<readonly Followed[] | null> {
  try {
    return await look(end);
  } catch (error) {
    const isAway = error instanceof BorderError ? error.kind === 'unavailable' : isDown(error);
    if (end.aborted || isAway) return null;
    throw error;
  }
}

function isDown(error: unknown): boolean {
  return error instanceof FairleadError && error.code === 'server-down';
}

function lineOf({ id, target, state, reason }: Followed): string {
  return visible(`${id} ${target}: ${state}${reason === '' ? '' : `, ${reason}`}`);
}

function outcomeOf(deployments: readonly Followed[]): 'healthy' | 'failed' | 'unknown' {
  if (deployments.some(({ state }) => state === 'failed')) return 'failed';
  return deployments.every(({ state }) => state === 'healthy') ? 'healthy' : 'unknown';
}

/** Asks the server for the deployments of a request: which ones it began, and once that is known how those fare. */
export function progressOf(place: ServerPlace, request: JsonObject): Look {
  let ids: readonly string[] = [];
  return async (signal) => {
    const body = { ...request, ids };
    const answer = await askServer({ place, path: '/api/v1/redeployments/progress', body }, signal);
    const found = pick(answer, 'deployments');
    const deployments = (isJsonList(found) ? found : []).flatMap(followedOf);
    ids = deployments.map(({ id }) => id);
    return deployments;
  };
}

function followedOf(one: Json): readonly Followed[] {
  const [id, target, state, reason] = ['id', 'target', 'state', 'reason'].map((key) => pickText(one, key));
  if (id === undefined || target === undefined || state === undefined) return [];
  return [{ id, target, state, reason: reason ?? '' }];
}
