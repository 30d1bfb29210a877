import { readFileSync } from 'node:fs';
import { FairleadError } from '../model/error.ts';
import type { ClusterRoutes } from './cluster-access.ts';

/** Hosts of this machine are never asked for by a proxy. */
const own = 'localhost,127.0.0.1,::1';

/**
 * Lets everything of this process that speaks by Node's own clients (forges, clouds) go through the proxies of the environment and
 * trust the authorities of `caFile` too. Clusters have their own ways. Throws `FairleadError` `usage` for a file of no use.
 */
export function applyNetwork({ proxies }: Pick<ClusterRoutes, 'proxies'>, caFile: string | null): void {
  const { http, https, no } = proxies;
  // Asked for here and not imported above: `node:http` as an import loads all of fetch, which most commands never use.
  if (http !== '' || https !== '')
    process
      .getBuiltinModule('node:http')
      .setGlobalProxyFromEnv({ HTTP_PROXY: http, HTTPS_PROXY: https, NO_PROXY: no === '' ? own : `${no},${own}` });
  if (caFile === null) return;
  const tls = process.getBuiltinModule('node:tls');
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), readAuthorities(caFile)]);
}

function readAuthorities(path: string): string {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw useless(path, `it cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`); // node:fs throws nothing else
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw useless(path, 'it holds no certificate');
  return text;
}

function useless(path: string, why: string): FairleadError {
  return new FairleadError({
    code: 'usage',
    subject: path,
    message: `the caFile ${path} is of no use: ${why}`,
    remedy: 'Name a PEM file of certificates that this process may read.',
  });
}
