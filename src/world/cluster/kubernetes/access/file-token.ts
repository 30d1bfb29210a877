import { readFile } from 'node:fs/promises';
import { FairleadError } from '../../../../model/error.ts';
import type { Clock } from '../clock.ts';
import type { TokenSource } from './token-credentials.ts';

/** The kubelet renews a projected token well before its end; client-go too looks once a minute. */
const rereadMs = 30_000;

/** A token in a file that somebody else renews. */
export function fileToken(path: string, clock: Clock): TokenSource {
  return {
    origin: `the file ${path}`,
    remedy: 'Mount the token there, and let this process read it.',
    token: async () => {
      const value = (await readFile(path, 'utf8')).trim();
      if (!/^[\x21-\x7e]+$/.test(value)) throw noToken(path);
      const freshUntil = clock.now() + rereadMs;
      return { value, freshUntil, expiresAt: endOf(value) ?? Number.POSITIVE_INFINITY };
    },
  };
}

/** When a JSON web token ends, in milliseconds; null for what is none. */
function endOf(token: string): number | null {
  const [, claims = ''] = token.split('.');
  try {
    const { exp } = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as { readonly exp?: unknown };
    return typeof exp === 'number' ? exp * 1000 : null;
  } catch {
    return null; // an opaque token says nothing of its end
  }
}

function noToken(path: string): FairleadError {
  return new FairleadError({
    code: 'token-broken',
    subject: path,
    message: 'it holds no token',
    remedy: 'Put one token in it, and nothing else.',
  });
}
