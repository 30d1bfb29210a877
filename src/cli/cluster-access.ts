import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** How clusters are reached, apart from which there are. */
export interface ClusterRoutes {
  readonly proxies: { readonly https: string; readonly http: string; readonly no: string };
  /** `https://HOST:PORT` of the cluster this process runs in; null: it runs in none. */
  readonly podServer: string | null;
  /** Folders whose kubeconfigs are not trusted. */
  readonly untrusted: readonly string[];
  /** Contexts whose certificates may go unchecked. */
  readonly insecure: readonly string[];
}

/** Reads proxies, the pod's own cluster and what is trusted from the environment. */
export function clusterRoutes(
  environment: Readonly<Record<string, string | undefined>>,
  folders: { readonly cwd: string; readonly cache: string; readonly home: string },
): ClusterRoutes {
  const either = (name: string): string => environment[name.toLowerCase()] || environment[name] || '';
  const host = environment['KUBERNETES_SERVICE_HOST'];
  const root = repositoryOf(folders.cwd);
  const isHome = root !== null && `${folders.home}/`.startsWith(`${root}/`);
  return {
    proxies: { https: either('HTTPS_PROXY'), http: either('HTTP_PROXY'), no: either('NO_PROXY') },
    podServer: host
      ? `https://${host.includes(':') ? `[${host}]` : host}:${environment['KUBERNETES_SERVICE_PORT'] ?? '443'}`
      : null,
    // A home folder kept in Git is its owner's own.
    untrusted: [folders.cache, ...(root === null || isHome ? [] : [root])],
    insecure: (environment['FAIRLEAD_INSECURE_TLS'] ?? '').split(/[\s,]+/).filter((name) => name !== ''),
  };
}

function repositoryOf(folder: string): string | null {
  if (existsSync(join(folder, '.git'))) return folder;
  return dirname(folder) === folder ? null : repositoryOf(dirname(folder));
}
