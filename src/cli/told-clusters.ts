import { type ClusterMap, parseClusterMap } from '../model/cluster-map.ts';
import type { ServerConfiguration } from './server-configuration.ts';
import type { ServeRun } from './services.ts';

/** Flags win over the variable, and both over the file: which cluster belongs to which environment. */
export function namedClusters(
  flags: readonly string[],
  { settings, environment }: ServerConfiguration,
): Pick<ServeRun, 'clusters' | 'told'> {
  const variable = (environment['FAIRLEAD_CLUSTERS'] ?? '').split(/[\s,]+/).filter((part) => part !== '');
  const named = flags.length > 0 ? flags : variable;
  const told = [...settings.clusters.keys()];
  if (named.length > 0) return { clusters: named, told: named.includes('none') ? [] : told };
  const mapped = [...settings.clusters].flatMap(([name, { environments }]) =>
    environments.map((each) => `${each}=${name}`),
  );
  return { clusters: mapped, told };
}

/** The map of a server's clusters: those of its file may be named by settings though they belong to no environment. */
export function toldClusters({ clusters, told = [] }: ServeRun): ClusterMap {
  const map = parseClusterMap(clusters);
  return told.length === 0 ? map : { ...map, mode: 'live', others: told };
}
