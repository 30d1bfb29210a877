import { readFile } from 'node:fs/promises';
import type { Redactor } from '../../../../formats/redaction/redactor.ts';
import { FairleadError } from '../../../../model/error.ts';
import type { Clock } from '../clock.ts';
import type { Credentials } from '../credentials.ts';
import type { Proxies, Route } from '../dispatcher.ts';
import type { KubeconfigSource } from '../kubeconfig.ts';
import { fileToken } from './file-token.ts';
import { createTokenCredentials, type TokenSource } from './token-credentials.ts';

/** An open way: where to, and with which credentials. */
export interface Entrance {
  readonly url: URL;
  /** `NAME (HOST:PORT)`, for errors. */
  readonly server: string;
  readonly credentials: Credentials;
  /** Namespace the way itself names; null: none. */
  readonly namespace: string | null;
}

/** What ways are opened with. */
export interface Surroundings {
  /** The kubeconfig where a way names none. */
  readonly kubeconfig: KubeconfigSource;
  /** Folders whose kubeconfigs are not trusted. */
  readonly untrusted: readonly string[];
  readonly proxies: Proxies;
  /** `https://HOST:PORT` of the cluster this process runs in; null: it runs in none. */
  readonly podServer: string | null;
  readonly clock: Clock;
  readonly redactor: Redactor;
  /** Where schemas are kept; null: nowhere. */
  readonly cacheDir: string | null;
  /** The plan identity of another cluster of the server's file. */
  readonly other: (name: string) => Promise<Entrance>;
}

/** Which cluster a way leads into. */
export interface Destination {
  readonly name: string;
  readonly tls: 'verify' | 'insecure';
}

/** The service account of the pod this process runs in. Throws `FairleadError` `way-broken`. */
export async function openPod(
  way: { readonly tokenFile: string; readonly caFile: string },
  to: Destination,
  around: Surroundings,
): Promise<Entrance> {
  const address = { server: podServer(to, around), caFile: way.caFile };
  return byToken(address, fileToken(way.tokenFile, around.clock), { to, around });
}

/** The same with the files Kubernetes mounts. Throws `FairleadError` `way-broken`. */
export function openOwnPod(around: Surroundings): Promise<Entrance> {
  const mounted = '/var/run/secrets/kubernetes.io/serviceaccount';
  const way = { tokenFile: `${mounted}/token`, caFile: `${mounted}/ca.crt` };
  return openPod(way, { name: 'of this pod', tls: 'verify' }, around);
}

/** A way by an address and tokens. Throws `FairleadError` `way-broken`, `insecure-tls`. */
export async function byToken(
  { server, caFile }: { readonly server: string; readonly caFile: string | null },
  source: TokenSource,
  { to, around }: { readonly to: Destination; readonly around: Surroundings },
): Promise<Entrance> {
  const url = new URL(server);
  assertSafe(url, to);
  const ca = caFile === null ? {} : { ca: await readCa(caFile, to) };
  const tls = to.tls === 'insecure' ? { rejectUnauthorized: false } : ca;
  return entrance({ url, tls, proxyUrl: null, proxies: around.proxies }, source, { to, around });
}

/** Makes the entrance of a route. */
export function entrance(
  route: Route,
  source: TokenSource | null,
  {
    to,
    around,
    authorization,
  }: { readonly to: Destination; readonly around: Surroundings; readonly authorization?: string },
): Entrance {
  const server = `${to.name} (${route.url.host})`;
  const { clock, redactor } = around;
  const fixed = authorization === undefined ? {} : { authorization };
  const credentials = createTokenCredentials({ source, route, server, clock, learn: redactor.learn, ...fixed });
  return { url: route.url, server, credentials, namespace: null };
}

/** A token sent without TLS is anybody's. Throws `insecure-tls`. */
export function assertSafe(url: URL, { name, tls }: Destination): void {
  if (url.protocol === 'https:' || tls === 'insecure') return;
  throw new FairleadError({
    code: 'insecure-tls',
    subject: name,
    message: `the API server of cluster ${name} is addressed without TLS`,
    remedy: 'Write https://, or `tls: insecure` for the cluster in the file of the server to take the risk.',
  });
}

async function readCa(path: string, { name }: Destination): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw broken(
      name,
      `its caFile ${path} cannot be read (${cause.code ?? 'unknown'})`,
      'Name a PEM file that this process may read.',
    );
  });
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw broken(name, `its caFile ${path} holds no certificate`, 'Name a PEM file.');
}

function podServer({ name }: Destination, around: Surroundings): string {
  if (around.podServer !== null) return around.podServer;
  throw broken(
    name,
    'it is to be reached from inside, but this process runs in no pod (KUBERNETES_SERVICE_HOST is not set)',
    'Run it in the cluster, or choose another way in.',
  );
}

/** A way that cannot be gone. */
export function broken(name: string, why: string, remedy: string): FairleadError {
  return new FairleadError({
    code: 'way-broken',
    subject: name,
    message: `cluster ${name} cannot be opened: ${why}`,
    remedy,
  });
}
