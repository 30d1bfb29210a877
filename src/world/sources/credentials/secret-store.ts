import type { JsonObject } from '../../../model/json.ts';
import type { SecretPlace } from '../../../model/server-settings.ts';

/** Secrets of clusters as they are; `world/cluster` reads them, and tells the redactor before it gives them. */
export interface SecretStore {
  /** Throws `FairleadError`. */
  secret(place: SecretPlace): Promise<JsonObject>;
}

/** How a Secret is called in errors. */
export function nameOf({ cluster, namespace, name }: SecretPlace): string {
  return `the Secret ${namespace}/${name} of ${clusterName(cluster)}`;
}

/** How its cluster is called in errors. */
export function clusterName(cluster: string | null): string {
  return cluster === null ? 'the cluster this runs in' : `cluster ${cluster}`;
}
