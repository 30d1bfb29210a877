import { FairleadError } from '../../../model/error.ts';

/** Where a database is, without user and password: `postgres://HOST:PORT/DATABASE`. Throws `FairleadError` `usage`. */
export function addressOf(url: string): string {
  const { protocol, hostname, port, pathname } = parse(url);
  if (protocol === 'postgres:' || protocol === 'postgresql:') {
    return `postgres://${hostname === '' ? 'localhost' : hostname}:${port === '' ? '5432' : port}${pathname}`;
  }
  throw unreadable();
}

/** What of a database's URL must never be shown, as it may be written. */
export function secretsOf(url: string): readonly string[] {
  const { password, searchParams } = parse(url);
  const passwords = [password, ...searchParams.getAll('password')].filter((one) => one !== '');
  return [...new Set(passwords.flatMap((one) => [one, decoded(one)]))];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not written by the rules, so taken as it is
  }
}

function parse(url: string): URL {
  const parsed = URL.parse(url);
  if (parsed === null) throw unreadable();
  return parsed;
}

/** Does not quote it: there is a password in it. */
function unreadable(): FairleadError {
  return new FairleadError({
    code: 'usage',
    subject: 'DATABASE_URL',
    message: 'DATABASE_URL is no address of a PostgreSQL database',
    remedy:
      'Write it as postgres://USER:PASSWORD@HOST:5432/DATABASE; in the password, % and / and @ as %25, %2F and %40.',
  });
}
