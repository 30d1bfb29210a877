import { FairleadError } from '../model/error.ts';
import { isSet } from './secret-files.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The variable with the token that callers of a server's API show. */
export const apiTokenVariable = 'FAIRLEAD_API_TOKEN';

/** Shortest token a server is given, in characters: 16 random bytes as hexadecimal digits. */
const shortest = 32;

/** What fits into one header, as the API reads it. */
const sendable = /^[\x21-\x7e]{1,512}$/;

/**
 * The token callers of the API are to show, where the server is given one, so that all replicas take the same; null: each makes its
 * own. No token is ever part of a message. Throws `FairleadError` `usage` for one that could be guessed or cannot be sent.
 */
export function givenApiToken(environment: Environment): string | null {
  const token = environment[apiTokenVariable];
  if (!isSet(token)) return null;
  assertSendable(token);
  if (token.length < shortest) throw unfit(`is shorter than ${shortest} characters`);
  if (new Set(token).size < 6) throw unfit('repeats a few characters');
  return token;
}

/** Throws `FairleadError` `usage` for a token that no header can hold: it would be refused with its text in the error. */
export function assertSendable(token: string): void {
  if (!sendable.test(token)) throw unfit('holds blanks, line ends or other characters that no token has, or too many');
}

function unfit(what: string): FairleadError {
  return new FairleadError({
    code: 'usage',
    subject: apiTokenVariable,
    message: `${apiTokenVariable} ${what}`,
    remedy: 'Make a token with `openssl rand -hex 32`, and set it for every replica and for those who ask them.',
  });
}
