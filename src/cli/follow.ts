import { setTimeout as delay } from 'node:timers/promises';
import { visible } from '../formats/markdown.ts';
import { type Deployment, endStates } from '../model/deployment.ts';
import { type RepoRef, repoKey } from '../model/repo.ts';
import type { Store } from '../world/store/store.ts';
import { auditPages } from './audit-pages.ts';

/** The deployments that are followed: those begun for one request. */
export interface Followed {
  /** Audit row the request is in; what it began comes later. */
  readonly after: number;
  readonly trigger: Deployment['trigger'];
  readonly actor: string;
  readonly repo: RepoRef;
  readonly environment: string;
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

/**
 * Follows the deployments of a request to their end: `failed` when one failed, `healthy` when all are; `unknown` when time ran out, or
 * a newer one took the place of one. Throws what the signal was aborted with.
 */
export async function follow(
  store: Pick<Store, 'deployments' | 'audit'>,
  wish: Followed,
  { timeout, say, signal, pause = 500 }: FollowOptions,
): Promise<'healthy' | 'failed' | 'unknown'> {
  const end = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
  const told = new Map<string, string>();
  let ids: readonly string[] = [];
  while (!end.aborted) {
    // All deployments of a request are begun in one transaction: who sees one sees all.
    if (ids.length === 0) ids = await begun(store, wish);
    const deployments = (await Promise.all(ids.map((id) => store.deployments.get(id)))).filter((one) => one !== null);
    for (const deployment of deployments) tell(deployment, told, say);
    if (deployments.length > 0 && deployments.every(({ state }) => endStates.has(state))) return outcomeOf(deployments);
    await delay(pause, undefined, { signal: end }).catch(() => undefined); // the loop sees why
  }
  signal.throwIfAborted();
  say(ids.length === 0 ? 'time ran out: the server began nothing yet' : 'time ran out: it is still under way');
  return 'unknown';
}

async function begun(store: Pick<Store, 'deployments' | 'audit'>, wish: Followed): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const rows of auditPages(store, wish.after))
    for (const { action, actor, subject } of rows)
      if (action === `deploy-${wish.trigger}` && actor === wish.actor) ids.push(subject);
  const deployments = await Promise.all([...new Set(ids)].map((id) => store.deployments.get(id)));
  const isMeant = (one: Deployment | null): one is Deployment =>
    one !== null && repoKey(one.repo) === repoKey(wish.repo) && one.environment === wish.environment;
  return deployments.filter(isMeant).map(({ id }) => id);
}

function tell({ id, target, state, reason }: Deployment, told: Map<string, string>, say: (line: string) => void): void {
  const line = visible(`${id} ${target}: ${state}${reason === '' ? '' : `, ${reason}`}`);
  if (told.get(id) !== line) say(line);
  told.set(id, line);
}

function outcomeOf(deployments: readonly Deployment[]): 'healthy' | 'failed' | 'unknown' {
  if (deployments.some(({ state }) => state === 'failed')) return 'failed';
  return deployments.every(({ state }) => state === 'healthy') ? 'healthy' : 'unknown';
}
