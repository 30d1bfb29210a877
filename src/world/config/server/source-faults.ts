import { isIP } from 'node:net';
import { isJsonList, isJsonObject, type Json, type JsonObject, pick } from '../../../model/json.ts';
import { type ConfigPath, type Fault, quote } from '../problem.ts';
import { unknownCluster } from './unknown-cluster.ts';

/** What of the sources cannot be together. */
export function sourceFaults(value: Json): readonly Fault[] {
  const hosts = pick(value, 'sources', 'hosts');
  const allowed = texts(pick(value, 'sources', 'allow'));
  const entries = isJsonObject(hosts) ? Object.entries(hosts) : [];
  const clusters = pick(value, 'clusters');
  const names = isJsonObject(clusters) ? Object.keys(clusters) : [];
  return [
    ...texts(pick(value, 'sources', 'private')).flatMap(addressFaults),
    ...['argocd', 'flux'].flatMap((name) => {
      const cluster = pick(value, 'sources', name, 'cluster');
      return typeof cluster === 'string' ? unknownCluster(['sources', name, 'cluster'], cluster, names) : [];
    }),
    ...entries.flatMap(([host, entry]) => {
      const at = ['sources', 'hosts', host];
      return isJsonObject(entry)
        ? [...unlisted(at, host, allowed), ...halves(at, entry), ...secretFaults(at, entry, names)]
        : [];
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

function has(entry: JsonObject, name: string): boolean {
  return [name, `${name}File`, `${name}Env`].some((key) => Object.hasOwn(entry, key));
}

/** Credentials stand in one place; those of a Secret are as they would be here. */
function secretFaults(at: ConfigPath, entry: JsonObject, clusters: readonly string[]): readonly Fault[] {
  const { secret } = entry;
  if (!isJsonObject(secret)) return [];
  const other = ['username', 'password', 'token'].find((name) => has(entry, name));
  const both = { at, message: `has a secret and a ${other}`, fix: 'Keep one of the two.' };
  const cluster = pick(secret, 'cluster');
  const keys = pick(secret, 'keys');
  return [
    ...(other === undefined ? [] : [both]),
    ...(typeof cluster === 'string' ? unknownCluster([...at, 'secret', 'cluster'], cluster, clusters) : []),
    ...(isJsonObject(keys) ? keyFaults([...at, 'secret', 'keys'], keys) : []),
  ];
}

function keyFaults(at: ConfigPath, keys: JsonObject): readonly Fault[] {
  const fix = 'Name the keys of both, or that of a token alone.';
  if (Object.keys(keys).length > 0) return halves(at, keys).map((fault) => ({ ...fault, fix }));
  return [{ at, message: 'names no key', fix: 'Name the keys that count, or leave keys out.' }];
}

/** A user name goes with a password, and a token alone. */
function halves(at: ConfigPath, entry: JsonObject): readonly Fault[] {
  const hasUser = Object.hasOwn(entry, 'username');
  if (has(entry, 'token') && (hasUser || has(entry, 'password')))
    return [{ at, message: 'has a token and a user name or password', fix: 'Keep either the token or both of those.' }];
  if (hasUser === has(entry, 'password')) return [];
  const missing = hasUser ? 'password' : 'user name';
  return [{ at, message: `has no ${missing}`, fix: 'Write username and passwordFile (or passwordEnv) together.' }];
}
