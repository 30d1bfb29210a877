import type { Redactor } from '../../../../formats/redaction/redactor.ts';
import type { SecretStore } from '../../../../model/secret-store.ts';
import type { ClusterEntry } from '../../../../model/server-settings.ts';
import { systemClock } from '../clock.ts';
import type { Proxies } from '../dispatcher.ts';
import type { KubeconfigSource } from '../kubeconfig.ts';
import { type Entrance, openOwnPod, type Surroundings } from './entrance.ts';
import { type Entries, type OpenedCluster, openEntry, openIdentity } from './open-entry.ts';
import { createSecretStore } from './secret-store.ts';

/** Where clusters are looked for, as the door read it from flags, environment and file. */
export interface ClusterAccess {
  readonly kubeconfig: KubeconfigSource;
  /** Of the server's file; other names are contexts of the kubeconfig. */
  readonly entries: Entries;
  readonly proxies: Proxies;
  readonly podServer: string | null;
  /** Folders whose kubeconfigs are not trusted. */
  readonly untrusted: readonly string[];
  /** Contexts whose certificates may go unchecked. */
  readonly insecure: readonly string[];
  /** Where schemas are kept from one process to the next; left out: nowhere. */
  readonly cacheDir?: string;
}

/** Every cluster there is, opened when first asked for. */
export interface Clusters {
  /** Throws what `openWay` throws. */
  open(name: string): Promise<OpenedCluster>;
  /** A way of its own into a cluster, for looking at it; the caller closes its credentials. */
  entrance(name: string, identity: 'plan' | 'apply'): Promise<Entrance>;
  /** Secrets as they are, for what has to be known before anything can be fetched. */
  readonly secrets: SecretStore;
  close(): Promise<void>;
}

/** Opens clusters by name: those of the server's file, else contexts of the kubeconfig. */
export function createClusters(access: ClusterAccess, redactor: Redactor): Clusters {
  const { kubeconfig, proxies, podServer, untrusted, cacheDir = null } = access;
  const around: Omit<Surroundings, 'other'> = {
    kubeconfig,
    proxies,
    podServer,
    untrusted,
    cacheDir,
    clock: systemClock,
    redactor,
  };
  const opened = new Map<string, Promise<OpenedCluster>>();
  const entriesFor = (name: string): Entries =>
    access.entries.has(name) ? access.entries : new Map([...access.entries, [name, contextEntry(name, access)]]);
  const entrance = (name: string, identity: 'plan' | 'apply'): Promise<Entrance> =>
    openIdentity(name, identity, { entries: entriesFor(name), around });
  const inside: Surroundings = { ...around, other: (name) => entrance(name, 'plan') };
  return {
    entrance,
    secrets: createSecretStore((name) => (name === null ? openOwnPod(inside) : entrance(name, 'plan')), inside),
    open: (name) => {
      const known = opened.get(name) ?? openEntry(name, entriesFor(name), around);
      opened.set(name, known);
      // What failed is tried again: the kubeconfig may be put right meanwhile.
      known.catch(() => opened.delete(name));
      return known;
    },
    close: async () => {
      const all = await Promise.allSettled(opened.values());
      const ends = all.flatMap((result) =>
        result.status === 'fulfilled' ? [result.value.plan.close(), result.value.apply.close()] : [],
      );
      await Promise.all(ends);
    },
  };
}

function contextEntry(context: string, { insecure }: ClusterAccess): ClusterEntry {
  return {
    environments: [],
    namespace: null,
    tls: insecure.includes(context) ? 'insecure' : 'verify',
    plan: { kind: 'kubeconfig', file: null, context },
    apply: null,
  };
}
