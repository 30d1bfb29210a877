import type { BudgetAmount, BudgetWord } from '../../../model/budget.ts';
import { BorderError } from '../../../model/error.ts';
import type { Guard } from '../calls/guard.ts';
import { announceWrite } from '../writes/announce.ts';
import { type Client, fetchOnce, type Pace, sleep } from './client.ts';
import { calling, type ErrorContext, failedWith } from './errors.ts';

/** What guards a client. */
export interface Guarding {
  readonly guard: Omit<Guard, 'figure'>;
  readonly errors: ErrorContext;
  readonly pace: Pace;
  /** A client with a new token, in place of one that is refused; null where there was one only just now, or can be none. */
  readonly renew: () => Promise<Client | null>;
}

type Parameters = Readonly<Record<string, unknown>> & { readonly request?: object };
type Send = (route: string, parameters: Parameters) => Promise<unknown>;

/** Tries of a read. */
const mostTries = 4;

/**
 * A client whose every request keeps within the installation's budget. Reads are tried again a few times, unless they ran into
 * their deadline; a write is announced and sent once. A token that is refused is made anew once: reads go on with it, a write is
 * tried again by the queue.
 */
export function guardClient(client: Client, guarding: Guarding): Client {
  // The casts: Octokit's overloads, one for each route, all take a route and parameters and give a promise.
  let send = client.request as unknown as Send;
  const renew = async (): Promise<boolean> => {
    const renewed = await guarding.renew();
    if (renewed !== null) send = renewed.request as unknown as Send;
    return renewed !== null;
  };
  const request = (route: string, parameters: Parameters = {}): Promise<unknown> => {
    const { guard, errors } = guarding;
    const isRead = route.startsWith('GET ');
    return guard.run({ subject: route, cost: costOf(route) }, (admit) => {
      const once = async (): Promise<unknown> => {
        await admit();
        if (!isRead) await announceWrite();
        const options = { ...parameters.request, retries: 0, fetch: hearing(guarding) };
        return calling(errors, () => send(route, { ...parameters, request: options }));
      };
      return isRead ? withFreshToken(() => readAgain(once, guarding.pace), renew) : onceWithToken(once, renew);
    });
  };
  return { request: Object.assign(request, client.request) as unknown as Client['request'] };
}

async function readAgain(once: () => Promise<unknown>, { retry, deadline }: Pace): Promise<unknown> {
  for (let attempt = 1; ; attempt += 1) {
    const begun = performance.now();
    try {
      return await once();
    } catch (error) {
      const hung = performance.now() - begun >= deadline * 0.9;
      if (attempt >= mostTries || hung || !isPassing(error)) throw error;
      await sleep(retry * attempt ** 2);
    }
  }
}

/** Whether a fault may be over in a moment. What says when to come back is left to the queue. */
function isPassing(error: unknown): boolean {
  return error instanceof BorderError && error.kind === 'unavailable' && error.retryAt === null;
}

/** Reads, and when the token is refused reads once more with a new one. */
async function withFreshToken(work: () => Promise<unknown>, renew: () => Promise<boolean>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    if (isTokenRefused(error) && (await renew())) return work();
    throw error;
  }
}

/** Writes; when the token is refused there is a new one for the next try. */
async function onceWithToken(work: () => Promise<unknown>, renew: () => Promise<boolean>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    if (isTokenRefused(error)) await renew();
    throw error;
  }
}

/** Where minting itself is refused, a new token is not to be had. */
function isTokenRefused(error: unknown): boolean {
  return failedWith(error, 'unauthorized') && !error.subject.endsWith('/access_tokens');
}

/** What GitHub counts a call as: a read one point, everything else five; and what makes content that people see. */
function costOf(route: string): BudgetAmount {
  if (route.startsWith('GET ')) return { points: 1, writes: 0 };
  const isContent = !route.startsWith('DELETE ') && /\/(issues|pulls)(\/|$)/.test(route);
  return { points: 5, writes: isContent ? 1 : 0 };
}

function hearing({ guard, pace }: Guarding): typeof fetch {
  return async (input, init) => {
    // The cast: Octokit asks for an address, never with a request of its own.
    const response = await fetchOnce(input as string | URL, init, pace.deadline);
    guard.hear(wordOf(response.headers));
    return response;
  };
}

/** The limit as the headers tell it; nothing where they tell of another resource, such as search. */
function wordOf(headers: Headers): Partial<BudgetWord> {
  const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) => headers.get(`x-ratelimit-${name}`));
  const isCore = (headers.get('x-ratelimit-resource') ?? 'core') === 'core';
  if (!isCore || limit === null || remaining === null || reset === null) return {};
  const [all, left, at] = [Number(limit), Number(remaining), Number(reset)];
  return [all, left, at].every(Number.isFinite) ? { limit: all, remaining: left, resetAt: at * 1000 } : {};
}
