import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ArgoCdHome, ClusterEntry } from '../model/server-settings.ts';
import type { ArgoCdPlace } from '../world/argocd/open-argocd.ts';
import type { SourcesOptions } from '../world/sources/open-sources.ts';
import { type ClusterRoutes, clusterRoutes } from './cluster-access.ts';
import type { Services } from './services.ts';
import type { Terminal } from './terminal.ts';

/** Settings that come from the environment, read once at the door. */
export interface ServiceOptions {
  /** Where built modules, schemas and mirrors are kept. */
  readonly cacheDir: string;
  /** Folder with modules built beforehand (an image), or null. */
  readonly builtDir: string | null;
  /** KUBECONFIG: paths as the kubectl convention has them, or null for the default place. */
  readonly kubeconfig: string | null;
  /** Installation key for digests: its text, or the file that holds it; null for none. */
  readonly key: { readonly text: string } | { readonly file: string } | null;
  readonly logLevel: string;
  /** LOG_FORMAT: `json` or `pretty`. */
  readonly logFormat: string;
  /** Home folder, for ~/.kube/config. */
  readonly home: string;
  /** What git and go are given of the environment. */
  readonly childEnvironment: Readonly<Record<string, string | undefined>>;
  readonly progress: (line: string) => void;
  /** Lines that must be seen even where progress is not, such as a module being built. */
  readonly notice: (line: string) => void;
  /** Proxies, the pod's own cluster, and which kubeconfigs are trusted. */
  readonly routes: ClusterRoutes;
  /** Clusters of the server's file, paths absolute; other names are contexts of the kubeconfig. */
  readonly clusters?: ReadonlyMap<string, ClusterEntry>;
  /** Where charts and Git bases may be fetched from; left out: nowhere. */
  readonly sources?: Pick<SourcesOptions, 'reachable' | 'hosts' | 'argocd' | 'flux' | 'cache'>;
  /** The Argo CD that deploys what repositories declare; left out: nothing of it is read or asked. */
  readonly argocd?: ArgoCdHome & { readonly api: ArgoCdPlace | null };
}

/** What a command is given. */
export interface CommandContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Hides secret values in whatever is written to it. */
  readonly terminal: Terminal;
  /** Prints a manifest as it is: it is what was asked for, on the user's own terminal. */
  readonly manifest: (text: string) => void;
  /** Made once; what is given then takes the place of settings of the environment. */
  readonly services: (instead?: Partial<ServiceOptions>) => Promise<Services>;
  /** Services with other settings; the caller closes them. */
  readonly createServices: (options: ServiceOptions) => Promise<Services>;
  /** Names of the engines there are. */
  readonly engineNames: () => Promise<readonly string[]>;
  readonly options: ServiceOptions;
  readonly signal: AbortSignal;
  /** Sets the exit code of the process. */
  readonly exit: (code: number) => void;
}

/** Reads the settings from the environment. */
export function serviceOptions(environment: CommandContext['environment'], terminal: Terminal): ServiceOptions {
  const home = environment['HOME'] ?? homedir();
  return {
    cacheDir: cacheDirectory(environment),
    builtDir: environment['FAIRLEAD_MODULES'] ?? null,
    kubeconfig: environment['KUBECONFIG'] ?? null,
    key: keySource(environment['FAIRLEAD_KEY'], environment['FAIRLEAD_KEY_FILE']),
    logLevel: environment['LOG_LEVEL'] ?? 'info',
    logFormat: environment['LOG_FORMAT'] ?? 'json',
    home,
    childEnvironment: environment,
    routes: clusterRoutes(environment, {
      cwd: workingDirectory(environment, undefined),
      cache: cacheDirectory(environment),
      home,
    }),
    progress: terminal.progress,
    notice: terminal.err,
  };
}

/** Where what can be made again is kept. */
export function cacheDirectory(environment: CommandContext['environment']): string {
  const home = environment['XDG_CACHE_HOME'] ?? join(environment['HOME'] ?? homedir(), '.cache');
  return resolve(environment['FAIRLEAD_CACHE'] ?? join(home, 'fairlead'));
}

function keySource(text: string | undefined, file: string | undefined): ServiceOptions['key'] {
  if (text !== undefined && text !== '') return { text };
  return file !== undefined && file !== '' ? { file } : null;
}

/** The folder a command works in: `--cwd`, else where npm was called, else the working directory. */
export function workingDirectory(environment: CommandContext['environment'], cwd: string | undefined): string {
  const base = environment['INIT_CWD'] ?? process.cwd();
  return cwd === undefined ? base : resolve(base, cwd);
}
