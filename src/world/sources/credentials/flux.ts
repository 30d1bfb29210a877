import { type JsonObject, pickText } from '../../../model/json.ts';
import type { SecretStore } from '../../../model/secret-store.ts';
import type { FluxHome, SecretPlace } from '../../../model/server-settings.ts';
import { secretUnfit, secretUnread } from '../faults.ts';
import type { Offer } from './controller-lookup.ts';
import { coveredBy } from './covered.ts';
import type { Credentials } from './credentials.ts';
import { Held } from './held.ts';
import { clusterName, nameOf } from './secret-names.ts';
import { credentialsIn } from './secret-values.ts';

/** Sources that may name a Secret. What lies in a repository of charts belongs to it. */
const kinds = [
  ['GitRepository', 'itself'],
  ['HelmRepository', 'below'],
  ['OCIRepository', 'below'],
] as const;

/** The credentials of Flux' sources: those of the Secrets that they name. No Secret is read yet. Rejects with `source-secret`. */
export async function fluxOffers({ cluster, namespaces }: FluxHome, store: SecretStore): Promise<readonly Offer[]> {
  const found = await Promise.all(
    namespaces.flatMap((namespace) =>
      kinds.map(async ([kind, reach]) => {
        const where = { cluster, namespace, group: 'source.toolkit.fluxcd.io', kind };
        const objects = await store.objects(where).catch((cause) => {
          const what = `the ${kind} objects of ${namespace} in ${clusterName(cluster)}`;
          throw secretUnread('sources.flux', what, cause);
        });
        return objects.flatMap((object) => offerOf(object, { kind, reach, cluster, namespace, store }));
      }),
    ),
  );
  return found.flat();
}

interface Known {
  readonly kind: string;
  readonly reach: 'itself' | 'below';
  readonly cluster: string | null;
  readonly namespace: string;
  readonly store: SecretStore;
}

function offerOf(object: JsonObject, { kind, reach, cluster, namespace, store }: Known): readonly Offer[] {
  const covered = coveredBy(pickText(object, 'spec', 'url') ?? '', reach);
  const name = pickText(object, 'spec', 'secretRef', 'name');
  if (covered === null || name === undefined) return [];
  const place = { cluster, namespace, name };
  const subject = `${nameOf(place)} (secretRef of ${kind} ${pickText(object, 'metadata', 'name')})`;
  const provider = pickText(object, 'spec', 'provider') ?? 'generic';
  const held = new Held(() => credentialsOf(place, { provider, subject, host: covered.host, store }));
  return [{ covered, credentials: () => held.get() }];
}

async function credentialsOf(
  place: SecretPlace,
  {
    provider,
    subject,
    host,
    store,
  }: { readonly provider: string; readonly subject: string; readonly host: string; readonly store: SecretStore },
): Promise<Credentials> {
  if (provider !== 'generic')
    throw secretUnfit(
      subject,
      `is for the provider ${provider}, which is not supported`,
      'Give that host credentials of its own under sources.hosts in the file of the server.',
    );
  const secret = await store.secret(place).catch((cause) => {
    throw secretUnread('sources.flux', subject, cause);
  });
  return credentialsIn({ secret, subject, host }, null);
}
