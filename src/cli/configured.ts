import { dirname, join } from 'node:path';
import type { ServerSettings, SourceSettings } from '../model/server-settings.ts';
import { argocdHome } from './argocd-home.ts';
import type { CommandContext, ServiceOptions } from './context.ts';
import type { FilePlace } from './file-forges.ts';
import { type ServerConfiguration, serverFile } from './server-configuration.ts';
import { sourceHosts } from './source-hosts.ts';

type Sources = NonNullable<ServiceOptions['sources']>;

/**
 * What the server's file says that a command on this machine works with too: clusters, where charts and bases may be fetched from, and
 * Argo CD; nothing where no file is named. Forges and their secrets are the server's alone, and are not read. Throws what `serverFile` throws,
 * and `usage` for credentials that cannot be had.
 */
export async function configured(
  named: string | undefined,
  { environment, options }: Pick<CommandContext, 'environment' | 'options'>,
): Promise<Pick<ServiceOptions, 'clusters' | 'sources' | 'argocd'>> {
  const found = await serverFile(named, environment);
  if (found === null) return {};
  const { settings, place } = found;
  return { clusters: settings.clusters, ...(await outsideOf(settings, place, options.cacheDir)) };
}

/** Where a server may fetch from, with what it fetched kept in the folder, and its Argo CD. Throws `usage` as `configured` does. */
export async function serverOutside(
  { settings, file, environment }: ServerConfiguration,
  folder: string,
): Promise<Pick<ServiceOptions, 'sources' | 'argocd'>> {
  if (file === null) return {};
  const place = { environment, folder: dirname(file), file };
  return outsideOf(settings, place, folder);
}

async function outsideOf(
  { sources, argocd }: ServerSettings,
  place: FilePlace,
  folder: string,
): Promise<Pick<ServiceOptions, 'sources' | 'argocd'>> {
  return {
    sources: await sourcesAt(sources, place, folder),
    ...(argocd === null ? {} : { argocd: await argocdHome(argocd, place) }),
  };
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
