import { BorderError, FairleadError } from '../../../../model/error.ts';
import type { Clock } from '../clock.ts';
import type { Connection, Credentials } from '../credentials.ts';
import { createDispatcher, type Route } from '../dispatcher.ts';
import { untilAborted } from '../until-aborted.ts';

/** A bearer token and how long it is good; both times in milliseconds since 1970. */
export interface Token {
  readonly value: string;
  /** From then on a new one is asked for. */
  readonly freshUntil: number;
  /** From then on it is of no use. */
  readonly expiresAt: number;
}

/** Gives tokens. */
export interface TokenSource {
  /** Where tokens come from, for errors: `the file /run/token`. */
  readonly origin: string;
  /** What to do when there is none, as a sentence. */
  readonly remedy: string;
  token(): Promise<Token>;
}

/** What token credentials are made of. */
export interface TokenOptions {
  /** null: who has a client certificate needs no token. */
  readonly source: TokenSource | null;
  /** Header in place of a token, such as Basic. */
  readonly authorization?: string;
  readonly route: Route;
  /** Names the cluster in errors. */
  readonly server: string;
  readonly clock: Clock;
  /** Hears of each token, so that none is ever shown. */
  readonly learn: (secret: string) => void;
}

/**
 * Credentials of a token that is had anew before it ends, and after a 401. While its source is silent, one that has not ended is
 * still used.
 */
export function createTokenCredentials(options: TokenOptions): Credentials {
  const { source, route, server, clock, learn } = options;
  const dispatcher = createDispatcher(route);
  let token: Token | null = null;
  let isRefused = false;
  let asking: Promise<Token | null> | null = null;

  const ask = async (from: TokenSource): Promise<Token> => {
    try {
      token = await from.token();
      isRefused = false;
      learn(token.value);
      return token;
    } catch (cause) {
      if (token !== null && !isRefused && clock.now() < token.expiresAt) return token;
      throw noToken(server, from, cause);
    }
  };

  const current = async (): Promise<Token | null> => {
    if (source === null || (token !== null && !isRefused && clock.now() < token.freshUntil)) return token;
    asking ??= ask(source).finally(() => {
      asking = null;
    });
    return asking;
  };

  return {
    connection: async (signal): Promise<Connection> => {
      const found = await untilAborted(current(), signal);
      const authorization = found === null ? options.authorization : `Bearer ${found.value}`;
      return { dispatcher: await dispatcher, headers: authorization === undefined ? {} : { authorization } };
    },
    renew: () => {
      isRefused = true;
    },
    close: async () => {
      // Not awaited, as it settles only when a connection still being made has timed out.
      void dispatcher.then((made) => made.destroy()).catch(() => undefined);
    },
  };
}

/** What a vendor's library says may hold a credential: only our own words and Node's codes are passed on. */
function noToken(server: string, source: TokenSource, cause: unknown): BorderError {
  return new BorderError({
    kind: 'unauthorized',
    status: 0,
    code: 'cluster-credentials',
    message: `No credentials for cluster ${server} could be had from ${source.origin}${reasonOf(cause)}.`,
    subject: server,
    remedy: source.remedy,
  });
}

function reasonOf(cause: unknown): string {
  if (cause instanceof FairleadError) return `: ${cause.message}`;
  const { code, name, status } = (cause ?? {}) as Readonly<Record<'code' | 'name' | 'status', unknown>>; // each may be absent
  const known = [code, status, name].find(
    (value) => typeof value === 'number' || /^[A-Za-z_][\w.-]{2,60}$/.test(String(value ?? '')),
  );
  return known === undefined ? '' : ` (${String(known)})`;
}
