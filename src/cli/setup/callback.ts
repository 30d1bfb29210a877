import { createHash, timingSafeEqual } from 'node:crypto';
import { FairleadError } from '../../model/error.ts';
import { errorText } from '../errors.ts';
import type { KeptApp } from './keep.ts';
import { messagePage, type Page } from './pages.ts';

/** What the answer of GitHub is judged by, and what becomes of it. */
export interface CallbackOptions {
  readonly state: string;
  /** Exchanges a code and keeps what it gives. */
  readonly take: (code: string) => Promise<KeptApp>;
  readonly show: (kept: KeptApp) => Page;
  /** Tells the terminal what went wrong. */
  readonly tell: (text: string) => void;
}

/** The address GitHub leads the browser back to. */
export interface Callback {
  /** Never throws: what went wrong is told, and another try may go well. */
  answer(query: URLSearchParams): Promise<Page>;
  /** Fulfilled once an App is kept. */
  readonly kept: Promise<KeptApp>;
  /** The App that is kept, or null. */
  result(): KeptApp | null;
}

/** Takes one App and no second. A page that is loaded again while its code is exchanged waits for the same exchange. */
export function createCallback({ state, take, show, tell }: CallbackOptions): Callback {
  const { promise: kept, resolve } = Promise.withResolvers<KeptApp>();
  let trade: { readonly code: string; readonly outcome: Promise<KeptApp> } | null = null;
  let result: KeptApp | null = null;
  const exchange = async (code: string): Promise<KeptApp> => {
    try {
      result = await take(code);
      resolve(result);
      return result;
    } catch (error) {
      trade = null;
      throw error;
    }
  };
  const takeOnce = (query: URLSearchParams): Promise<KeptApp> => {
    if (!isSame(query.get('state') ?? '', state)) throw strangeState();
    const code = query.get('code') ?? '';
    if (code === '') throw noCode();
    trade ??= { code, outcome: exchange(code) };
    if (trade.code !== code) throw secondApp();
    return trade.outcome;
  };
  return {
    kept,
    result: () => result,
    answer: async (query) => {
      try {
        return show(await takeOnce(query));
      } catch (error) {
        tell(errorText(error));
        return failurePage(error);
      }
    },
  };
}

/** In constant time, by digests of one length. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

function failurePage(error: unknown): Page {
  if (!(error instanceof FairleadError))
    return messagePage(500, 'This is a fault of Fairlead', 'The terminal says more.');
  return messagePage(statuses[error.code] ?? 502, error.message, error.remedy);
}

const statuses: Readonly<Record<string, number>> = {
  'setup-state': 403,
  'setup-code': 400,
  'setup-second': 409,
  'setup-not-kept': 500,
  usage: 500,
};

function strangeState(): FairleadError {
  return new FairleadError({
    code: 'setup-state',
    subject: 'state',
    message: 'an answer came back with a state that this page did not give out, and was refused',
    remedy: 'Open the page once more and press its button; GitHub was asked for nothing.',
  });
}

function noCode(): FairleadError {
  return new FairleadError({
    code: 'setup-code',
    subject: 'code',
    message: 'GitHub led back without a code, so there is no App',
    remedy: 'Open the page once more and press its button.',
  });
}

function secondApp(): FairleadError {
  return new FairleadError({
    code: 'setup-second',
    subject: 'code',
    message: 'a second App came back while the first one is being taken in',
    remedy: 'See in the terminal what became of the first one; delete the second one in the settings of GitHub.',
  });
}
