import type { JsonObject } from '../../../model/json.ts';
import type { SecretPlace } from '../../../model/server-settings.ts';

/** Secrets of clusters as they are; `world/cluster` reads them, and tells the redactor before it gives them. */
export interface SecretStore {
  /** Throws `FairleadError`. */
  secret(place: SecretPlace): Promise<JsonObject>;
  /** Secrets with a label. Throws `FairleadError`. */
  secrets(where: InNamespace & { readonly labelSelector: string }): Promise<readonly JsonObject[]>;
  /** Objects of a kind, whatever its version; none where the cluster does not serve it. Throws `FairleadError`. */
  objects(where: InNamespace & { readonly group: string; readonly kind: string }): Promise<readonly JsonObject[]>;
}

/** A namespace of a cluster; null: the one this process runs in. */
export interface InNamespace {
  readonly cluster: string | null;
  readonly namespace: string;
}

/** How a Secret is called in errors. */
export function nameOf({ cluster, namespace, name }: SecretPlace): string {
  return `the Secret ${namespace}/${name} of ${clusterName(cluster)}`;
}

/** How its cluster is called in errors. */
export function clusterName(cluster: string | null): string {
  return cluster === null ? 'the cluster this runs in' : `cluster ${cluster}`;
}
