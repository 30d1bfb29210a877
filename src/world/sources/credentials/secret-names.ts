import type { SecretPlace } from '../../../model/server-settings.ts';

/** How a Secret is called in errors. */
export function nameOf({ cluster, namespace, name }: SecretPlace): string {
  return `the Secret ${namespace}/${name} of ${clusterName(cluster)}`;
}

/** How its cluster is called in errors. */
export function clusterName(cluster: string | null): string {
  return cluster === null ? 'the cluster this runs in' : `cluster ${cluster}`;
}
