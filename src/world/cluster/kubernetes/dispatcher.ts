import type { Dispatcher } from 'undici';

/** Proxies of the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`); '' where there is none. */
export interface Proxies {
  readonly https: string;
  readonly http: string;
  /** Hosts that are reached directly, separated by commas. */
  readonly no: string;
}

/** No proxy at all. */
export const noProxies: Proxies = { https: '', http: '', no: '' };

/** How to reach one API server. */
export interface Route {
  readonly url: URL;
  /** Options of `tls.connect`: ca, cert, key, servername, rejectUnauthorized. */
  readonly tls: Readonly<Record<string, unknown>>;
  /** A proxy of its own, whatever the environment says; null: none. */
  readonly proxyUrl: string | null;
  readonly proxies: Proxies;
}

const connectMs = 4000;

/** Connections to an API server, by the proxy its kubeconfig names, else one of the environment. Loopback is always reached directly. */
export async function createDispatcher({ url, tls, proxyUrl, proxies }: Route): Promise<Dispatcher> {
  const { Agent, EnvHttpProxyAgent, ProxyAgent } = await import('undici');
  const timing = { connectTimeout: connectMs, headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 30_000 };
  const connect = { ...tls, timeout: connectMs, keepAlive: true, keepAliveInitialDelay: 30_000 };
  if (proxyUrl !== null) return new ProxyAgent({ ...timing, uri: proxyUrl, requestTls: connect });
  const uri = url.protocol === 'https:' ? proxies.https : proxies.http;
  if (uri === '' || isLoopback(url.hostname)) return new Agent({ ...timing, connect });
  const chosen = { httpProxy: uri, httpsProxy: uri, noProxy: proxies.no };
  return new EnvHttpProxyAgent({ ...timing, ...chosen, connect, requestTls: connect });
}

/** As Go's clients, and so kubectl, have it. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || /^127(?:\.\d{1,3}){3}$/.test(host) || host === '[::1]';
}
