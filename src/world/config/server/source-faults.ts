import { isIP } from 'node:net';
import { isJsonList, isJsonObject, type Json, type JsonObject, pick } from '../../../model/json.ts';
import { type ConfigPath, type Fault, quote } from '../problem.ts';

/** What of the sources cannot be together. */
export function sourceFaults(value: Json): readonly Fault[] {
  const hosts = pick(value, 'sources', 'hosts');
  const allowed = texts(pick(value, 'sources', 'allow'));
  const entries = isJsonObject(hosts) ? Object.entries(hosts) : [];
  return [
    ...texts(pick(value, 'sources', 'private')).flatMap(addressFaults),
    ...entries.flatMap(([host, entry]) => {
      const at = ['sources', 'hosts', host];
      return isJsonObject(entry) ? [...unlisted(at, host, allowed), ...halves(at, entry)] : [];
    }),
  ];
}

function texts(value: Json | undefined): readonly string[] {
  return isJsonList(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** What looks like an address must be one: a name of digits and dots would silently be no range. */
function addressFaults(text: string, index: number): readonly Fault[] {
  const [address = '', bits] = text.split('/');
  if (!/^[0-9.]+$|:/.test(address)) return [];
  const version = isIP(address);
  const isRange = version === 6 || (version === 4 && Number(bits ?? 0) <= 32);
  const at = ['sources', 'private', index];
  return isRange ? [] : [{ at, message: `${quote(text)} is no address`, fix: 'Write it as 10.1.0.0/16 or 10.1.2.3.' }];
}

function unlisted(at: ConfigPath, host: string, allowed: readonly string[]): readonly Fault[] {
  const isListed = allowed.some((entry) => entry === host || (entry.startsWith('*.') && host.endsWith(entry.slice(1))));
  if (isListed) return [];
  const message = `${quote(host)} is not in sources.allow, so that it is never reached`;
  return [{ at, message, fix: `Add ${quote(host)} to sources.allow, or remove it here.` }];
}

/** A user name goes with a password, and a token alone. */
function halves(at: ConfigPath, entry: JsonObject): readonly Fault[] {
  const has = (name: string): boolean => [name, `${name}File`, `${name}Env`].some((key) => Object.hasOwn(entry, key));
  const hasUser = Object.hasOwn(entry, 'username');
  if (has('token') && (hasUser || has('password')))
    return [{ at, message: 'has a token and a user name or password', fix: 'Keep either the token or both of those.' }];
  if (hasUser === has('password')) return [];
  const missing = hasUser ? 'password' : 'user name';
  return [{ at, message: `has no ${missing}`, fix: 'Write username and passwordFile (or passwordEnv) together.' }];
}
