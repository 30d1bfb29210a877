import type { JsonObject } from './json.ts';
import type { ResourceId } from './resource.ts';
import type { SecretPlace } from './server-settings.ts';

/** Secrets of clusters, unmasked. Whoever reads them keeps them to itself; what they hold is learned before it is given. */
export interface SecretStore {
  /** Throws `BorderError`, and what opening a way in throws; so do the others. */
  secret(place: SecretPlace): Promise<JsonObject>;
  /** Secrets of a namespace with a label, at most 10,000. */
  secrets(where: InNamespace & { readonly labelSelector: string }): Promise<readonly JsonObject[]>;
  /** Other objects of a namespace, whatever the version of their kind, at most 10,000; none of a kind that is not served. */
  objects(where: InNamespace & { readonly group: string; readonly kind: string }): Promise<readonly JsonObject[]>;
  /** One of them; null where it does not exist, or its kind is not served. */
  object(where: InNamespace & NamedObject): Promise<JsonObject | null>;
}

/** An object of a namespace. */
export type NamedObject = Pick<ResourceId, 'group' | 'version' | 'kind' | 'name'>;

/** A namespace of a cluster; null: the one this process runs in. */
export interface InNamespace {
  readonly cluster: string | null;
  readonly namespace: string;
}
