import { dirname, join, resolve } from 'node:path';
import type { CommandContext, ServiceOptions } from './context.ts';
import { type ServerConfiguration, serverConfiguration } from './server-configuration.ts';
import { sourceHosts } from './source-hosts.ts';

/**
 * What the server's file says that a command on this machine works with too: clusters, and where charts and bases may be fetched from.
 * Throws what `serverConfiguration` throws, and `usage` for credentials of sources that cannot be had.
 */
export async function configured(
  named: string | undefined,
  context: Pick<CommandContext, 'environment' | 'options'>,
): Promise<Pick<ServiceOptions, 'clusters' | 'sources'>> {
  const configuration = await serverConfiguration(named, context);
  return {
    clusters: configuration.settings.clusters,
    sources: await sourcesOf(configuration, context.options.cacheDir),
  };
}

/** Where a server may fetch from; what it fetched is kept in the folder. */
export async function sourcesOf(
  { settings: { sources }, file, environment }: ServerConfiguration,
  folder: string,
): Promise<NonNullable<ServiceOptions['sources']>> {
  const { allow, private: priv, cacheBytes } = sources;
  const place = { environment, folder: file === null ? resolve() : dirname(file), file: file ?? '' };
  return {
    reachable: { allow, private: priv },
    hosts: await sourceHosts(sources, place),
    cache: { dir: join(folder, 'sources'), maxBytes: cacheBytes },
  };
}
