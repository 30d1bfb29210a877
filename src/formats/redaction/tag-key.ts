import { hkdfSync } from 'node:crypto';

/** What tags of masked values are made for: they can be compared within it, and with nothing outside. */
export interface TagScope {
  /** As `repoKey` has it. */
  readonly repository: string;
  /** null for a commit that belongs to no pull, such as a merge queue's. */
  readonly pull: number | null;
  /** Full commit id. */
  readonly head: string;
}

/** Does work within a scope, whose tags are keyed for it alone. */
export type Within = <T>(scope: TagScope, work: () => Promise<T>) => Promise<T>;

/** The key of the tags of one head of one pull: HKDF (RFC 5869) with SHA-256 from the installation's key. 32 bytes. */
export function tagKey(installationKey: Uint8Array, { repository, pull, head }: TagScope): Uint8Array {
  const info = JSON.stringify(['fairlead tags', repository, pull, head]);
  return new Uint8Array(hkdfSync('sha256', installationKey, new Uint8Array(), info, 32));
}
