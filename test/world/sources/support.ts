import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import type { BorderError, FairleadError } from '../../../src/model/error.ts';
import type { Tree } from '../../../src/model/tree.ts';
import { openMirror } from '../../../src/world/git/repository.ts';
import type { HostAccess } from '../../../src/world/sources/access.ts';
import { defaultSourceLimits, type SourceLimits } from '../../../src/world/sources/limits.ts';
import { openSources, type SourcesOptions } from '../../../src/world/sources/open-sources.ts';
import type { Dial } from '../../../src/world/sources/reach/connector.ts';
import { openGate, type Reachable, type Resolve } from '../../../src/world/sources/reach/gate.ts';
import { openHttp, type SourceHttp } from '../../../src/world/sources/reach/http.ts';
import type { Sources } from '../../../src/world/sources/sources.ts';
import { selfSigned } from '../../support/self-signed.ts';

/** Hosts of the pretend internet. Both are of documentation names and lead to addresses that are nobody's of ours. */
export const hosts = ['charts.example.com', 'cdn.example.com', 'registry.example.com', 'inside.example.com'] as const;

/** One certificate for all of them. */
export const identity = selfSigned(hosts);

/** An internet of two names whose dialled addresses all lead to one server on loopback. */
export interface Internet {
  readonly resolve: Resolve;
  readonly dial: Dial;
  /** `ADDRESS:PORT` of every connection that was begun. */
  readonly dialled: readonly string[];
}

/** Addresses of names; whatever is dialled leads to `port` on loopback. */
export function internet(port: number, addresses: Readonly<Record<string, readonly string[]>> = {}): Internet {
  const known: Readonly<Record<string, readonly string[]>> = {
    'charts.example.com': ['93.184.215.14'],
    'cdn.example.com': ['93.184.215.15'],
    'registry.example.com': ['93.184.215.16'],
    'inside.example.com': ['10.0.0.7'],
    ...addresses,
  };
  const dialled: string[] = [];
  return {
    dialled,
    resolve: async (host) => known[host] ?? [],
    dial: (address, to) => {
      dialled.push(`${address}:${to}`);
      return connect({ host: '127.0.0.1', port });
    },
  };
}

/** A server with TLS on loopback. */
export async function serve(listener: RequestListener): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer({ cert: identity.cert, key: identity.key }, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, server };
}

/** Ends a server with all its connections. */
export async function stop(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

/** HTTP over a pretend internet. */
export function httpOver(
  net: Internet,
  reachable: Partial<Reachable> = {},
  limits: Partial<SourceLimits> = {},
): SourceHttp {
  const gate = openGate({ allow: ['charts.example.com', 'cdn.example.com'], private: [], ...reachable }, net.resolve);
  return openHttp({
    gate,
    dial: net.dial,
    authority: async () => identity.cert,
    limits: { ...defaultSourceLimits, ...limits },
    now: () => new Date('2026-01-01T00:00:00Z'),
  });
}

/** The error something ends with. */
export async function faultOf(work: Promise<unknown>): Promise<FairleadError & Partial<BorderError>> {
  const fault = await work.then(
    () => null,
    (error) => error,
  );
  if (fault === null) throw new Error('it did not fail');
  return fault;
}

/** A signal nobody aborts. */
export const never = new AbortController().signal;

/** Sources over a pretend internet, with a cache folder of their own. */
export function sourcesOver(
  net: Pick<Internet, 'resolve'> & Partial<Internet>,
  more: Partial<SourcesOptions> & { readonly dir: string },
): Sources {
  const { dir, ...options } = more;
  return openSources({
    reachable: { allow: ['charts.example.com', 'cdn.example.com', 'registry.example.com'], private: [] },
    hosts: ['charts.example.com', 'cdn.example.com', 'registry.example.com'].map((host) => accessTo(host)),
    cache: { dir, maxBytes: 10_000_000 },
    openMirror: (folder, signal) => openMirror({ dir: folder, environment: { PATH: process.env['PATH'] }, signal }),
    resolve: net.resolve,
    ...(net.dial === undefined ? {} : { dial: net.dial }),
    ...options,
  });
}

/** What the operator says of a host: who vouches for it, and credentials. */
export function accessTo(host: string, more: Partial<HostAccess> = {}): HostAccess {
  return { host, username: null, password: null, token: null, ca: identity.cert, ...more };
}

/** The text of a file of a tree. */
export async function textOf(tree: Tree, path: string): Promise<string> {
  return Buffer.from((await tree.read([path], never)).get(path) ?? []).toString();
}
