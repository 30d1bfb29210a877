import { dirname, join } from 'node:path';
import type { SourceSettings } from '../model/server-settings.ts';
import type { CommandContext, ServiceOptions } from './context.ts';
import type { FilePlace } from './file-forges.ts';
import { type ServerConfiguration, serverFile } from './server-configuration.ts';
import { sourceHosts } from './source-hosts.ts';

type Sources = NonNullable<ServiceOptions['sources']>;

/**
 * What the server's file says that a command on this machine works with too: clusters, and where charts and bases may be fetched from;
 * nothing where no file is named. Forges and their secrets are the server's alone, and are not read. Throws what `serverFile` throws,
 * and `usage` for credentials of sources that cannot be had.
 */
export async function configured(
  named: string | undefined,
  { environment, options }: Pick<CommandContext, 'environment' | 'options'>,
): Promise<Pick<ServiceOptions, 'clusters' | 'sources'>> {
  const found = await serverFile(named, environment);
  if (found === null) return {};
  const { settings, place } = found;
  return { clusters: settings.clusters, sources: await sourcesAt(settings.sources, place, options.cacheDir) };
}

/** Where a server may fetch from; what it fetched is kept in the folder. */
export async function sourcesOf(
  { settings, file, environment }: ServerConfiguration,
  folder: string,
): Promise<Pick<ServiceOptions, 'sources'>> {
  if (file === null) return {};
  const place = { environment, folder: dirname(file), file };
  return { sources: await sourcesAt(settings.sources, place, folder) };
}

async function sourcesAt(settings: SourceSettings, place: FilePlace, folder: string): Promise<Sources> {
  const { allow, private: inside, argocd, flux, cacheBytes } = settings;
  return {
    reachable: { allow, private: inside },
    hosts: await sourceHosts(settings, place),
    argocd,
    flux,
    cache: { dir: join(folder, 'sources'), maxBytes: cacheBytes },
  };
}
