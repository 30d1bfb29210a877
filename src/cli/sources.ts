import { join } from 'node:path';
import type { Redactor } from '../formats/redaction/redactor.ts';
import type { Clusters } from '../world/cluster/kubernetes/access/clusters.ts';
import { openMirror } from '../world/git/repository.ts';
import type { OpenMirror } from '../world/sources/git/mirror.ts';
import type { Sources } from '../world/sources/sources.ts';
import type { ServiceOptions } from './context.ts';

/** Fetching from outside, loaded when the first source is named that is not in the repository. */
export function createSources(
  { cacheDir, sources, childEnvironment }: ServiceOptions,
  { redactor, clusters }: { readonly redactor: Pick<Redactor, 'learn'>; readonly clusters: Pick<Clusters, 'secrets'> },
): { readonly open: () => Promise<Sources>; readonly close: () => Promise<void> } {
  const nowhere = {
    reachable: { allow: [], private: [] },
    hosts: [],
    cache: { dir: join(cacheDir, 'sources'), maxBytes: 0 },
  };
  const given = sources ?? nowhere;
  for (const { password, token } of given.hosts)
    for (const secret of [password, token]) if (secret !== null) redactor.learn(secret);
  let opened: Promise<Sources> | undefined;
  const open = async (): Promise<Sources> => {
    const { openSources } = await import('../world/sources/open-sources.ts');
    const openBare: OpenMirror = (dir, signal) =>
      openMirror({ dir, signal, environment: { PATH: childEnvironment['PATH'] } });
    return openSources({ ...given, openMirror: openBare, secrets: clusters.secrets, learn: redactor.learn });
  };
  return { open: () => (opened ??= open()), close: async () => (await opened)?.close() };
}
