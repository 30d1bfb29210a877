import module from 'node:module';
import type { KubeConfig } from '@kubernetes/client-node';

const config = '@kubernetes/client-node/dist/config.js';

/** The library's class of kubeconfigs, loaded once. */
export function loadKubeConfigClass(): Promise<typeof KubeConfig> {
  loading ??= load();
  return loading;
}

let loading: Promise<typeof KubeConfig> | null = null;

/**
 * Loads that class without the library's 800 generated modules: half a second, and as much memory as a small server. The class asks
 * them for two names, by which it makes API clients; none is made here (ADR 25). A Node that cannot be told so loads them all.
 */
async function load(): Promise<typeof KubeConfig> {
  const hooks = spareGenerated();
  try {
    return (await import('@kubernetes/client-node/dist/config.js')).KubeConfig;
  } finally {
    hooks?.deregister();
  }
}

function spareGenerated(): ReturnType<typeof module.registerHooks> | null {
  const spared = new URL('./no-api-clients.ts', import.meta.url).href;
  try {
    return module.registerHooks({
      resolve: (specifier, context, next) =>
        specifier === './gen/index.js' && context.parentURL?.endsWith(config) === true
          ? { url: spared, shortCircuit: true }
          : next(specifier, context),
    });
  } catch {
    return null; // an older Node, or a loader that is not Node's
  }
}
