import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { buildConnector } from 'undici';
import type { Gate } from './gate.ts';

/** Begins a connection to an address (never a name). */
export type Dial = (address: string, port: number) => Socket;

/** What connections need. */
export interface ConnectorOptions {
  readonly gate: Gate;
  readonly dial?: Dial;
  /** PEM of the authorities that vouch for a host; null: the public ones. */
  authority(url: URL): Promise<string | null>;
  readonly connectMs: number;
}

/** Addresses of one name that are tried, one after another. */
const mostTries = 3;

/**
 * Makes connections for undici: the name is looked up once, its addresses are judged, and one of exactly those is dialled, so that a
 * name that changes in between (DNS rebinding) gains nothing. Only TLS.
 */
export function makeConnector(options: ConnectorOptions): buildConnector.connector {
  return (wanted, callback) => {
    const url = new URL(`${wanted.protocol}//${wanted.hostname}${wanted.port === '' ? '' : `:${wanted.port}`}`);
    open(url, options).then(
      (socket) => callback(null, socket),
      (error) => callback(error, null),
    );
  };
}

async function open(url: URL, options: ConnectorOptions): Promise<Socket> {
  const addresses = await options.gate.addresses(url);
  const authority = await options.authority(url);
  const faults: unknown[] = [];
  for (const address of addresses.slice(0, mostTries)) {
    try {
      return await secure(url, address, { ...options, authority });
    } catch (fault) {
      faults.push(fault);
    }
  }
  throw faults[0];
}

/** A TLS connection to one address, its certificate checked against the name of the URL. */
function secure(
  url: URL,
  address: string,
  { authority, ...options }: Pick<ConnectorOptions, 'dial' | 'connectMs'> & { readonly authority: string | null },
): Promise<Socket> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const dial = options.dial ?? ((to, port) => connectTcp({ host: to, port }));
  const raw = dial(address, url.port === '' ? 443 : Number(url.port));
  const socket = connectTls({
    socket: raw,
    host,
    ALPNProtocols: ['http/1.1'],
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(authority === null ? {} : { ca: authority }),
  });
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const timer = setTimeout(() => fail(new Error('no connection in time')), options.connectMs);
  const fail = (error: Error): void => {
    clearTimeout(timer);
    raw.destroy();
    socket.destroy();
    reject(error);
  };
  raw.once('error', fail);
  socket.once('error', fail);
  const onClose = (): void => fail(new Error('the connection was closed before it was secure'));
  socket.once('close', onClose);
  socket.once('secureConnect', () => {
    clearTimeout(timer);
    socket.removeListener('close', onClose);
    resolve(socket);
  });
  return promise;
}
