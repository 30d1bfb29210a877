import type { RepoRef } from '../../model/repo.ts';
import type { SettingsInForce } from '../../model/settings.ts';
import type { Forge } from '../../world/forge/forge.ts';
import type { Queue } from '../../world/store/queue.ts';
import type { Store } from '../../world/store/store.ts';

/** What looking for missed events needs. */
export interface ResyncTools {
  readonly forge: (name: string) => Forge;
  readonly store: Pick<Store, 'transaction' | 'repos' | 'heads' | 'deliveries' | 'outbox'>;
  readonly queue: Queue;
  readonly settings: (repo: RepoRef, signal: AbortSignal) => Promise<SettingsInForce>;
  /** Hears of a branch that moved before anything is made of it. */
  readonly moved: (repo: RepoRef) => void;
  readonly now: () => Date;
  /** Milliseconds between two looks at a forge. */
  readonly poll: number;
  /** What this process looked at; empty after a start, so that everything is looked at once. */
  readonly looked: Looked;
  /** A part of a look could not be done; the rest was. It is tried again with the next look. */
  readonly onTrouble: (what: string, error: unknown) => void;
}

/** When repositories were looked at, by `repoKey`, in milliseconds of the clock. */
export interface Looked {
  /** What changed since the last look was read. */
  readonly changes: Map<string, number>;
  /** Every open pull was read, and how many there were. */
  readonly all: Map<string, { readonly at: number; readonly open: number }>;
}

/** Nothing was looked at yet. */
export function nothingLooked(): Looked {
  return { changes: new Map(), all: new Map() };
}
