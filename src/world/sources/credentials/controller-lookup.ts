import type { Lookup } from '../access.ts';
import { type Covered, closest } from './covered.ts';
import type { Credentials } from './credentials.ts';
import { Held } from './held.ts';

/** Credentials a controller has for some addresses. */
export interface Offer {
  readonly covered: Covered;
  /** Throws `source-secret` for those that cannot be read or used. */
  credentials(): Promise<Credentials>;
}

/** What controllers have credentials for: listed when first needed, after a 401, and when an address is none of theirs any more. */
export interface ControllerOptions {
  /** All of it, in the order that decides between equals. */
  readonly list: () => Promise<readonly Offer[]>;
  readonly now: () => Date;
  /** Milliseconds for which an address that was not among them is taken not to be. */
  readonly freshMs: number;
}

/** Looks among the credentials of controllers; the longest address wins. Authorities are never taken from them. */
export function controllerLookup({ list, now, freshMs }: ControllerOptions): Lookup {
  const offers = new Held(async () => ({ at: now().getTime(), all: await list() }));
  return {
    find: async (url) => {
      const known = await offers.get();
      const first = closest(known.all, url);
      const isStale = first === null && known.at + freshMs <= now().getTime();
      if (isStale) offers.forget();
      const found = isStale ? closest((await offers.get()).all, url) : first;
      return found === null ? null : { ...(await found.credentials()), ca: null };
    },
    forget: () => {
      offers.forget();
      return true;
    },
  };
}
