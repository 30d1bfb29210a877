import { lookup } from 'node:dns/promises';
import { type BlockList, isIP } from 'node:net';
import { notAllowed, privateAddress, unreachable } from '../faults.ts';
import { kindOfAddress, rangesOf } from './special-addresses.ts';

/** Looks up the addresses of a host name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** Whom the operator lets us reach. */
export interface Reachable {
  /** `HOST`, `HOST:PORT` or `*.DOMAIN`; a host without a port means port 443. */
  readonly allow: readonly string[];
  /** Hosts that may lead to private addresses, and addresses or ranges (`10.1.0.0/16`) that may be reached. */
  readonly private: readonly string[];
}

/** Decides whether a URL may be reached, and at which addresses. */
export interface Gate {
  /** Whether the host of a URL is listed. Throws `source-not-allowed`. */
  checkHost(url: URL): void;
  /**
   * The addresses that may be dialled for a listed host: looked up once, so that whoever dials them reaches what was checked. Throws
   * `source-not-allowed`, `source-private`, `source-unreachable`.
   */
  addresses(url: URL): Promise<readonly string[]>;
}

/** A gate over what the operator listed. */
export function openGate(reachable: Reachable, resolve: Resolve = lookUp): Gate {
  const allowed = new Set(reachable.allow.map((entry) => entry.toLowerCase()));
  const domains = [...allowed].filter((entry) => entry.startsWith('*.')).map((entry) => entry.slice(1));
  const ranges = rangesOf(reachable.private.filter(isRange));
  const names = new Set(reachable.private.filter((entry) => !isRange(entry)).map((entry) => entry.toLowerCase()));
  const checkHost = (url: URL): void => {
    const isListed = allowed.has(url.host) || domains.some((domain) => url.host.endsWith(domain));
    if (!isListed) throw notAllowed(url.host);
  };
  return {
    checkHost,
    addresses: async (url) => {
      checkHost(url);
      const found = await addressesOf(url, resolve);
      const mayBePrivate = names.has(url.hostname) || names.has(url.host);
      const usable = found.filter((address) => isUsable(address, { ranges, mayBePrivate }));
      if (usable.length === 0) throw privateAddress(url.host, found);
      return usable;
    },
  };
}

/** Whether an entry of `private` is an address or a range rather than a name. */
export function isRange(entry: string): boolean {
  return isIP(entry.split('/')[0] ?? '') !== 0;
}

/** A listed name may lead into a private network; special addresses, such as those of cloud metadata, only by their own range. */
function isUsable(address: string, listed: { readonly ranges: BlockList; readonly mayBePrivate: boolean }): boolean {
  const kind = kindOfAddress(address);
  if (kind === 'public' || (kind === 'private' && listed.mayBePrivate)) return true;
  return listed.ranges.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

async function addressesOf(url: URL, resolve: Resolve): Promise<readonly string[]> {
  const literal = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(literal) !== 0) return [literal];
  const found = await resolve(url.hostname).catch((cause) => {
    throw unreachable(url.host, 'its name cannot be resolved', { cause });
  });
  if (found.length === 0) throw unreachable(url.host, 'its name has no address');
  return found;
}

async function lookUp(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}
