import type { KubeConfig } from '@kubernetes/client-node';
import type { Redactor } from '../../../formats/redaction/redactor.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { Cluster } from '../cluster.ts';
import type { Entrance } from './access/entrance.ts';
import { createCatalogue } from './catalogue.ts';
import { type Clock, systemClock } from './clock.ts';
import { createCredentials } from './credentials.ts';
import { noProxies } from './dispatcher.ts';
import { noDocumentCache, openDocumentCache } from './document-cache.ts';
import { chooseContext, type KubeconfigSource } from './kubeconfig.ts';
import { KubernetesCluster } from './kubernetes-cluster.ts';
import { type ClusterLimits, defaultLimits } from './limits.ts';
import type { Session } from './session.ts';
import { createTransport } from './transport.ts';

/** How to open a cluster. */
export interface ClusterOptions {
  readonly kubeconfig: KubeconfigSource;
  /** The context, which is also the cluster's name. */
  readonly context: string;
  /** Masks every object and error text that leaves, and learns the secrets it sees. */
  readonly redactor: Redactor;
  readonly limits?: Partial<ClusterLimits>;
  /** Where schemas are kept; null: nowhere. */
  readonly cacheDir?: string | null;
  readonly clock?: Clock;
  /** Between 0 and 1; spreads retries. */
  readonly random?: () => number;
}

/**
 * Opens the API server of a kubeconfig context. Nothing is sent yet. Throws `FairleadError`: `kubeconfig-unreadable`,
 * `unknown-context`.
 */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const { redactor, context, clock = systemClock } = options;
  const config = await chooseContext(options.kubeconfig, context);
  const url = serverUrl(config);
  const server = `${context} (${url.host})`;
  learnCredentials(config, redactor);
  const credentials = createCredentials(config, { server, clock, proxies: noProxies });
  return openEntrance({ url, server, credentials }, { ...options, name: context });
}

/** Opens the API server behind a way in. Nothing is sent yet. */
export function openEntrance(
  { url, server, credentials }: Pick<Entrance, 'url' | 'server' | 'credentials'>,
  options: Omit<ClusterOptions, 'kubeconfig' | 'context'> & { readonly name: string },
): Cluster {
  const { redactor, clock = systemClock, random = Math.random, cacheDir = null } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const transport = createTransport({ url, server, credentials, limits, redactor, clock, random });
  const catalogue = createCatalogue(transport, limits, clock);
  const documents = cacheDir === null ? noDocumentCache : openDocumentCache(cacheDir, url);
  return new KubernetesCluster(options.name, {
    transport,
    catalogue,
    limits,
    redactor,
    documents,
    ...masking(redactor),
  });
}

/** Whatever leaves is remembered for as long as somebody has it: what is compared with it may need the whole. */
function masking(redactor: Redactor): Pick<Session, 'mask' | 'unmasked'> {
  const whole = new WeakMap<JsonObject, JsonObject>();
  return {
    mask: (object) => {
      const masked = redactor.maskObject(object);
      whole.set(masked, object);
      return masked;
    },
    unmasked: (object) => whole.get(object),
  };
}

function serverUrl(config: KubeConfig): URL {
  // chooseContext made sure that the context's cluster is defined
  return new URL(config.getCurrentCluster()?.server ?? '');
}

/** A proxy or a debug page may echo what was sent; our own token must not come back in an error. */
function learnCredentials(config: KubeConfig, redactor: Redactor): void {
  const user = config.getCurrentUser();
  for (const value of [user?.token, user?.password, user?.keyData]) if (value) redactor.learn(value);
}
