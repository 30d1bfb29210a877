import { networkInterfaces } from 'node:os';
import { Option } from 'commander';
import { FairleadError } from '../model/error.ts';
import { apiTokenVariable, assertSendable } from './api-token.ts';
import { type CommandContext, workingDirectory } from './context.ts';
import { dataFolder } from './data-folder.ts';
import { applyNetwork } from './network.ts';
import { isSet, secretOf } from './secret-files.ts';

/** Where a server is asked: at an address, or where the one of a data folder on this machine says that it listens. */
export type ServerPlace =
  | { readonly kind: 'address'; readonly url: string; readonly token: string }
  /** `token`: shown where the server was given one and keeps none in its folder. */
  | { readonly kind: 'folder'; readonly dataDir: string; readonly token: string | null };

/** What a command that asks a server is told. */
export interface ServerOptions {
  readonly server?: string;
  readonly serverCa?: string;
  readonly data?: string;
}

/** `--server URL`. */
export const serverOption = (): Option =>
  new Option(
    '--server <url>',
    'address of the server, which is shown FAIRLEAD_API_TOKEN (FAIRLEAD_SERVER; default: the server of the data folder)',
  ).conflicts('data');

/** `--server-ca FILE`. */
export const serverCaOption = (): Option =>
  new Option('--server-ca <file>', 'PEM file of authorities that are trusted too for --server (FAIRLEAD_SERVER_CA)');

/**
 * The server that is meant: `--server`, else `--data`, else `FAIRLEAD_SERVER`, else that of the data folder. One at an address is
 * asked through the proxies of the environment. Throws `FairleadError` `usage`: an address that is none, or to which a token would go
 * in the clear; no token; a secret or CA file of no use.
 */
export async function serverPlace(options: ServerOptions, context: CommandContext): Promise<ServerPlace> {
  const { environment } = context;
  const token = await secretOf(apiTokenVariable, environment, workingDirectory(environment, undefined));
  if (token !== null) assertSendable(token);
  const told = toldAddress(options, environment);
  if (told === null) return { kind: 'folder', dataDir: dataFolder(options.data, context), token };
  const url = addressOf(told);
  if (token === null) throw withoutToken(url);
  const authorities = options.serverCa ?? environment['FAIRLEAD_SERVER_CA'];
  if (url.startsWith('https:')) applyNetwork(context.options.routes, isSet(authorities) ? authorities : null);
  return { kind: 'address', url, token };
}

interface Told {
  readonly text: string;
  /** What said it. */
  readonly where: string;
}

/** An empty flag is no address; an empty variable says nothing. */
function toldAddress({ server, data }: ServerOptions, environment: CommandContext['environment']): Told | null {
  if (server !== undefined) return { text: server, where: '--server' };
  const text = environment['FAIRLEAD_SERVER'];
  return data === undefined && isSet(text) ? { text, where: 'FAIRLEAD_SERVER' } : null;
}

/** Addresses are shown again only once they are known to hold no password. */
function addressOf({ text, where }: Told): string {
  const url = URL.parse(text.trim());
  if (url === null || !/^https?:$/.test(url.protocol)) throw unfit(where, 'is no address of a server');
  if (url.username !== '' || url.password !== '') throw unfit(where, 'holds a user name or a password');
  if (url.search !== '' || url.hash !== '') throw unfit(where, 'holds a query or a fragment');
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) throw inTheClear(where, url);
  return url.href.replace(/\/+$/, '');
}

/** Whether what is sent to this address stays on this machine, as far as it can be told without asking a name server. */
export function staysHere(address: string): boolean {
  const host = URL.parse(address)?.hostname ?? '';
  const own = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  return isLoopback(host) || own.some((one) => one.address === host || `[${one.address}]` === host);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** A token would be read by whoever listens on the way. */
export function inTheClear(where: string, { origin }: Pick<URL, 'origin'>): FairleadError {
  return new FairleadError({
    code: 'usage',
    subject: where,
    message: `the token is not sent to ${origin}: plain http:// is for loopback addresses only`,
    remedy: 'Name an https:// address of the server, or tunnel to it and name http://127.0.0.1:PORT.',
  });
}

function unfit(where: string, what: string): FairleadError {
  return new FairleadError({
    code: 'usage',
    subject: where,
    message: `${where} ${what}`,
    remedy: `Write it as https://HOST or https://HOST:PORT; the token goes into ${apiTokenVariable}.`,
  });
}

function withoutToken(url: string): FairleadError {
  return new FairleadError({
    code: 'usage',
    subject: apiTokenVariable,
    message: `the server at ${url} wants a token, and ${apiTokenVariable} is not set`,
    remedy: `Set ${apiTokenVariable}, or ${apiTokenVariable}_FILE to a file that holds it, to what the server was given.`,
  });
}
