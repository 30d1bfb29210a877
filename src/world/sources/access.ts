import { BorderError } from '../../model/error.ts';
import type { SourceSecret } from '../../model/server-settings.ts';
import { type Credentials, headerOf, secretsOf } from './credentials/credentials.ts';

/** What the operator says of one host, secrets of files and variables read. */
export interface HostAccess extends Credentials {
  /** `HOST` or `HOST:PORT`. */
  readonly host: string;
  /** Where its credentials lie, instead of here. */
  readonly secret?: SourceSecret | null;
}

/** Credentials and authorities of what is fetched. All throw `source-secret` where a Secret is of no use. */
export interface Access {
  /** Value of the `Authorization` header for an address; null where nobody gave one. */
  authorization(url: URL): Promise<string | null>;
  /** What to send after `refused` was answered with 401, read anew; null where that is the same. */
  renewed(url: URL, refused: string | null): Promise<string | null>;
  /** PEM of who vouches for a host; null: the public authorities. */
  authority(url: URL): Promise<string | null>;
}

/** One place credentials are looked for. */
export interface Lookup {
  /** Null where it has none for the address. */
  find(url: URL): Promise<Credentials | null>;
  /** Drops what was read for the address; false where nothing was, so that it would be found again. */
  forget(url: URL): boolean;
}

/** Where credentials are looked for, and who is told of each before it is used. */
export interface AccessOptions {
  /** What the operator said of hosts: it comes first, and alone names authorities. */
  readonly hosts: Lookup;
  readonly others: readonly Lookup[];
  readonly learn: (secret: string) => void;
}

/** Looks for credentials in several places, of which the first that has some counts. */
export function accessOf({ hosts, others, learn }: AccessOptions): Access {
  const lookups = [hosts, ...others];
  const authorization = async (url: URL): Promise<string | null> => {
    for (const lookup of lookups) {
      const header = learned(await lookup.find(url), learn);
      if (header !== null) return header;
    }
    return null;
  };
  return {
    authorization,
    renewed: async (url, refused) => {
      const known = await authorization(url);
      // Somebody else was refused before, and has read it anew.
      if (known !== refused) return known;
      const mayDiffer = lookups.map((lookup) => lookup.forget(url));
      if (!mayDiffer.includes(true)) return null;
      const found = await authorization(url);
      return found === refused ? null : found;
    },
    authority: async (url) => (await hosts.find(url))?.ca ?? null,
  };
}

function learned(found: Credentials | null, learn: AccessOptions['learn']): string | null {
  if (found === null) return null;
  for (const secret of secretsOf(found)) learn(secret);
  return headerOf(found);
}

/** Does something with the credentials of an address, and once more where they are refused (401) and others are found then. */
export async function authorized<T>(
  access: Access,
  url: URL,
  attempt: (authorization: string | null) => Promise<T>,
): Promise<T> {
  const first = await access.authorization(url);
  try {
    return await attempt(first);
  } catch (fault) {
    if (!(fault instanceof BorderError) || fault.kind !== 'unauthorized') throw fault;
    const other = await access.renewed(url, first);
    if (other === null) throw fault;
    return attempt(other);
  }
}
