import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Dispatcher } from 'undici';
import { BorderError } from '../../../model/error.ts';
import type { Clock } from './clock.ts';
import { createDispatcher, type Proxies, type Route } from './dispatcher.ts';
import { untilAborted } from './until-aborted.ts';

/** A way to the server that carries its credentials. */
export interface Connection {
  readonly dispatcher: Dispatcher;
  readonly headers: Readonly<Record<string, string>>;
}

/** Gives connections. */
export interface Credentials {
  /** The present connection; credentials are asked for again after half a minute (tokens rotate). */
  connection(signal: AbortSignal): Promise<Connection>;
  /** Forget what is known: the server refused it. */
  renew(): void;
  close(): Promise<void>;
}

/** Everything client-node fills in; it is declared as the options of `https.request`. */
type Filled = RequestOptions & { headers?: Record<string, string>; auth?: string };

const fresh = 30_000;

/**
 * The credentials of a kubeconfig's current context: tokens, basic auth, client certificates, exec plugins, tokens from
 * files, by client-node's rules; the connections are ours. `server` names the cluster in errors.
 */
export function createCredentials(
  kubeconfig: KubeConfig,
  { server, clock, proxies }: { readonly server: string; readonly clock: Clock; readonly proxies: Proxies },
): Credentials {
  let config = kubeconfig;
  let known: { readonly at: number; readonly connection: Connection; readonly tls: string } | null = null;
  let asking: Promise<Connection> | null = null;

  const ask = async (): Promise<Connection> => {
    const filled = await fill(config, server);
    const tls = fingerprint(filled);
    const dispatcher =
      known?.tls === tls ? known.connection.dispatcher : await createDispatcher(routeOf(config, filled, proxies));
    if (known !== null && known.connection.dispatcher !== dispatcher) void known.connection.dispatcher.close();
    known = { at: clock.now(), tls, connection: { dispatcher, headers: headersOf(filled) } };
    return known.connection;
  };

  return {
    connection: async (signal) => {
      if (known !== null && clock.now() - known.at < fresh) return known.connection;
      asking ??= ask().finally(() => {
        asking = null;
      });
      return await untilAborted(asking, signal);
    },
    renew: () => {
      config = forgetful(config);
      if (known !== null) known = { ...known, at: Number.NEGATIVE_INFINITY };
    },
    close: async () => {
      // Not awaited: it ends what is open at once, but settles only when a connection still being made has timed out.
      void known?.connection.dispatcher.destroy();
    },
  };
}

/** The same kubeconfig without the tokens client-node remembers from plugins: one without an expiry it would keep for ever. */
function forgetful(config: KubeConfig): KubeConfig {
  const Config = config.constructor as typeof KubeConfig; // a KubeConfig was made by its class
  const copy = new Config();
  copy.loadFromOptions({
    clusters: config.getClusters(),
    users: config.getUsers(),
    contexts: config.getContexts(),
    currentContext: config.getCurrentContext(),
  });
  return copy;
}

async function fill(config: KubeConfig, server: string): Promise<Filled> {
  const filled: Filled = {};
  try {
    await config.applyToHTTPSOptions(filled);
  } catch (cause) {
    const command = config.getCurrentUser()?.exec?.command;
    const origin =
      typeof command === 'string' ? `the command ${command} of its kubeconfig user` : 'its kubeconfig user';
    throw new BorderError({
      kind: 'unauthorized',
      status: 0,
      code: 'cluster-credentials',
      // What a credential plugin prints may hold a credential, so only its first words by Node are passed on.
      message: `No credentials for cluster ${server} could be had from ${origin}${reasonOf(cause)}.`,
      subject: server,
      remedy: `Run \`kubectl --context ${config.getCurrentContext()} version\` and put right what it complains about.`,
    });
  }
  return filled;
}

function reasonOf(cause: unknown): string {
  if (cause instanceof Error && cause.message.startsWith('HTTP protocol is not allowed')) {
    return ': plain http is used only with insecure-skip-tls-verify: true';
  }
  const code = (cause as NodeJS.ErrnoException | null)?.code;
  return typeof code === 'string' ? ` (${code})` : '';
}

function routeOf(config: KubeConfig, filled: Filled, proxies: Proxies): Route {
  const cluster = config.getCurrentCluster();
  const url = new URL(cluster?.server ?? 'https://localhost');
  return { url, tls: tlsOf(filled), proxyUrl: cluster?.proxyUrl || null, proxies };
}

function tlsOf(filled: Filled): Record<string, unknown> {
  const { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername } = filled;
  const entries = Object.entries({ ca, cert, key, pfx, passphrase, rejectUnauthorized, servername });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null));
}

/** Two fillings with the same fingerprint can share connections. Kept in memory only. */
function fingerprint(filled: Filled): string {
  return Object.entries(tlsOf(filled))
    .map(([name, value]) => `${name}=${String(value)}`)
    .join('\n');
}

function headersOf(filled: Filled): Record<string, string> {
  const basic =
    filled.auth === undefined ? {} : { Authorization: `Basic ${Buffer.from(filled.auth).toString('base64')}` };
  const entries = Object.entries({ ...basic, ...filled.headers });
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value).trim()]));
}
