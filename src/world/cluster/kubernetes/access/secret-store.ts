import type { JsonObject } from '../../../../model/json.ts';
import type { SecretPlace } from '../../../../model/server-settings.ts';
import type { Entrance, Surroundings } from './entrance.ts';
import { readRawSecret } from './raw-secrets.ts';

/** Secrets of clusters, unmasked. Whoever reads them keeps them to itself; what they hold is learned before it is given. */
export interface SecretStore {
  /** Throws `BorderError`, and what opening a way in throws. */
  secret(place: SecretPlace): Promise<JsonObject>;
}

/** Reads Secrets by ways into clusters that are opened for one read; null is the cluster this process runs in. */
export function createSecretStore(
  open: (cluster: string | null) => Promise<Entrance>,
  around: Pick<Surroundings, 'clock' | 'redactor'>,
): SecretStore {
  return {
    secret: async (place) => readRawSecret(await open(place.cluster), place, around),
  };
}
