import type { SecretStore } from '../../../model/secret-store.ts';
import type { SourceSecret } from '../../../model/server-settings.ts';
import type { HostAccess, Lookup } from '../access.ts';
import { secretUnread } from '../faults.ts';
import type { Credentials } from './credentials.ts';
import { Held } from './held.ts';
import { nameOf } from './secret-names.ts';
import { credentialsIn } from './secret-values.ts';

/** What the operator said of hosts. Nothing of one host is ever given for another. */
export function hostLookup(hosts: readonly HostAccess[], store: SecretStore): Lookup {
  const fixed = new Map(hosts.map((entry) => [entry.host.toLowerCase(), entry]));
  const held = new Map(
    hosts.flatMap(({ host, secret }) => {
      if (secret === undefined || secret === null) return [];
      const name = host.toLowerCase();
      return [[name, new Held(() => readFor(name, secret, store))] as const];
    }),
  );
  return {
    find: async ({ host }) => {
      const entry = fixed.get(host);
      const read = await held.get(host)?.get();
      if (entry === undefined || read === undefined) return entry ?? null;
      return { ...read, ca: entry.ca ?? read.ca };
    },
    forget: ({ host }) => {
      held.get(host)?.forget();
      return held.has(host);
    },
  };
}

async function readFor(host: string, { keys, ...place }: SourceSecret, store: SecretStore): Promise<Credentials> {
  const subject = nameOf(place);
  const secret = await store.secret(place).catch((cause) => {
    throw secretUnread(`sources.hosts.${host}.secret`, subject, cause);
  });
  return credentialsIn({ secret, subject, host }, keys);
}
