import { BlockList, isIP } from 'node:net';

/** What an address is: of the public internet, of a private network (or this machine), or for a special purpose. */
export type AddressKind = 'public' | 'private' | 'special';

/**
 * The kind of an IP address, after the IANA registries of special-purpose addresses (RFC 6890 and its updates). IPv6 addresses that
 * carry an IPv4 address (mapped, or NAT64) are what that one is. What is no address at all is special.
 */
export function kindOfAddress(address: string): AddressKind {
  const version = isIP(address);
  if (version === 0 || address.includes('%')) return 'special';
  if (version === 4) return kindOf(address, 'ipv4');
  const carried = carriedAddress(address);
  return carried === null ? kindOf(address, 'ipv6') : kindOf(carried, 'ipv4');
}

function kindOf(address: string, family: 'ipv4' | 'ipv6'): AddressKind {
  if (privateRanges.check(address, family)) return 'private';
  if (specialRanges.check(address, family)) return 'special';
  return family === 'ipv4' || globalUnicast.check(address, family) ? 'public' : 'special';
}

/** The IPv4 address within `::ffff:0:0/96` or `64:ff9b::/96`; null for any other. */
function carriedAddress(address: string): string | null {
  if (!carriers.check(address, 'ipv6')) return null;
  const [high = 0, low = 0] = lastGroups(address);
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

/** The last two groups; the URL parser writes any IPv6 address in its canonical form, without dots. */
function lastGroups(address: string): readonly number[] {
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const after = (groups.at(-1) ?? '').split(':').filter((group) => group !== '');
  return ['0', '0', ...after].slice(-2).map((group) => Number.parseInt(group, 16));
}

/** A list of ranges written as `ADDRESS/BITS`. */
export function rangesOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const isV6 = isIP(address) === 6;
    list.addSubnet(address, bits === undefined ? (isV6 ? 128 : 32) : Number(bits), isV6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** Private use, shared by carriers, unique local; and this machine. */
const privateRanges = rangesOf([
  ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '127.0.0.0/8'],
  ...['fc00::/7', '::1/128'],
]);

/** Never a server of the internet. 168.63.129.16 is where Azure answers the machines it runs. */
const specialRanges = rangesOf([
  ...['0.0.0.0/8', '169.254.0.0/16', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '198.18.0.0/15'],
  ...['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4', '168.63.129.16/32'],
  ...['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'],
]);

/** All that IANA has given out for servers. */
const globalUnicast = rangesOf(['2000::/3']);

const carriers = rangesOf(['::ffff:0:0/96', '64:ff9b::/96']);
