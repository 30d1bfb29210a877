import { type JsonObject, pickText } from '../../../model/json.ts';
import type { SecretKeys } from '../../../model/server-settings.ts';
import { secretUnfit } from '../faults.ts';
import type { Credentials } from './credentials.ts';
import { dockerCredentials, dockerKey } from './docker-config.ts';

/** A Secret that was read, and what for. */
export interface ReadSecret {
  readonly secret: JsonObject;
  /** What errors call it. */
  readonly subject: string;
  /** `HOST` or `HOST:PORT` the credentials are for. */
  readonly host: string;
}

/**
 * What a Secret says of a host: by the keys that are named, else by those Helm, Flux and Argo CD use (`username` and `password`, `token`
 * or `bearerToken`, `.dockerconfigjson`; `ca.crt` or `caFile`). Throws `source-secret`.
 */
export function credentialsIn(read: ReadSecret, keys: SecretKeys | null): Credentials {
  const found = keys === null ? usual(read) : named(read, keys);
  const { username, password, token } = found;
  if (token !== null && (username !== null || password !== null))
    throw secretUnfit(read.subject, 'holds a token and a user name or password', 'Name the keys that count.');
  if ((username === null) !== (password === null))
    throw secretUnfit(read.subject, `has no key ${username === null ? 'username' : 'password'}`, 'Add it.');
  for (const value of [username, password, token]) checkText(value, read.subject);
  if (found.ca !== null && !found.ca.includes('-----BEGIN CERTIFICATE-----'))
    throw secretUnfit(read.subject, 'holds an authority that is no certificate in PEM', 'Put one there.');
  return found;
}

function named(read: ReadSecret, keys: SecretKeys): Credentials {
  const needed = (key: string | null): string | null => {
    if (key === null) return null;
    const value = textAt(read.secret, key);
    if (value !== null) return value;
    throw secretUnfit(read.subject, `has no key ${key}, or nothing in it`, 'Add it, or name another key.');
  };
  return {
    username: needed(keys.username),
    password: needed(keys.password),
    token: needed(keys.token),
    ca: needed(keys.ca),
  };
}

function usual(read: ReadSecret): Credentials {
  const first = (...names: readonly string[]): string | null =>
    names.map((key) => textAt(read.secret, key)).find((value) => value !== null) ?? null;
  const ca = first('ca.crt', 'caFile');
  const docker = textAt(read.secret, dockerKey);
  if (docker !== null) return { ...dockerCredentials(docker, read), ca };
  const found = { username: first('username'), password: first('password'), token: first('token', 'bearerToken'), ca };
  if (Object.values(found).some((value) => value !== null)) return found;
  throw secretUnfit(
    read.subject,
    `has none of the keys username and password, token, bearerToken, ${dockerKey}, ca.crt`,
    'Add what the server wants, or name the keys that hold it.',
  );
}

/** The text of a key, without a line end; null where there is none. */
function textAt(secret: JsonObject, key: string): string | null {
  const encoded = pickText(secret, 'data', key);
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64')
    .toString('utf8')
    .replace(/\r?\n$/, '');
  return text === '' ? null : text;
}

/** What would break a header, and is in no password. */
function checkText(value: string | null, subject: string): void {
  if (value !== null && /[\x00-\x1f\x7f]/.test(value))
    throw secretUnfit(subject, 'holds a credential with control characters', 'Write it on one line.');
}
