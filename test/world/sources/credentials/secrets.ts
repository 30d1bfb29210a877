import { BorderError } from '../../../../src/model/error.ts';
import type { JsonObject } from '../../../../src/model/json.ts';
import type { SecretStore } from '../../../../src/model/secret-store.ts';
import type { SecretPlace } from '../../../../src/model/server-settings.ts';

/** A Secret as the API server gives it. */
export function secretOf(name: string, data: Readonly<Record<string, string>>): JsonObject {
  const encoded = Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]);
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, data: Object.fromEntries(encoded) };
}

/** Secrets of pretend clusters. */
export interface HeldSecrets {
  readonly store: SecretStore;
  /** By `CLUSTER NAMESPACE/NAME`, their texts. */
  readonly held: Map<string, Readonly<Record<string, string>>>;
  /** What was asked for, in order. */
  readonly asked: string[];
}

/** Holds Secrets that a test may replace; one that is missing is refused as an API server would. */
export function heldSecrets(first: Readonly<Record<string, Readonly<Record<string, string>>>>): HeldSecrets {
  const held = new Map(Object.entries(first));
  const asked: string[] = [];
  const secret = async (place: SecretPlace): Promise<JsonObject> => {
    const key = `${place.cluster} ${place.namespace}/${place.name}`;
    asked.push(key);
    const found = held.get(key);
    if (found !== undefined) return secretOf(place.name, found);
    throw new BorderError({
      code: 'cluster-not-found',
      kind: 'not-found',
      status: 404,
      subject: 'hub',
      message: `Cluster hub refused to get secrets ${place.namespace}/${place.name}: secrets "${place.name}" not found.`,
      remedy: 'Create it first, or check kind, namespace and name.',
    });
  };
  const none = async (): Promise<readonly JsonObject[]> => [];
  return { store: { secret, secrets: none, objects: none, object: async () => null }, held, asked };
}
