/** What the operator says of one host, secrets read. */
export interface HostAccess {
  /** `HOST` or `HOST:PORT`. */
  readonly host: string;
  readonly username: string | null;
  readonly password: string | null;
  /** Sent as a bearer token; without a user name. */
  readonly token: string | null;
  /** PEM of the authority that vouches for it; null: the public ones. */
  readonly ca: string | null;
}

/** Credentials and authorities by host. */
export interface Access {
  /** Value of the `Authorization` header for a host; null where the operator gave none. */
  authorization(host: string): string | null;
  authority(host: string): string | null;
}

/** Looks up what belongs to a host; nothing of one host is ever given for another. */
export function accessOf(hosts: readonly HostAccess[]): Access {
  const byHost = new Map(hosts.map((entry) => [entry.host.toLowerCase(), entry]));
  return {
    authorization: (host) => headerOf(byHost.get(host)),
    authority: (host) => byHost.get(host)?.ca ?? null,
  };
}

function headerOf(entry: HostAccess | undefined): string | null {
  if (entry === undefined) return null;
  if (entry.token !== null) return `Bearer ${entry.token}`;
  if (entry.username === null || entry.password === null) return null;
  return `Basic ${Buffer.from(`${entry.username}:${entry.password}`).toString('base64')}`;
}
