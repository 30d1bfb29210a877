import { type RepoRef, repoKey } from '../../model/repo.ts';
import type { Outbox } from '../../world/store/store.ts';

/** A pull of a repository. */
interface PullPlace {
  readonly repo: RepoRef;
  readonly pull: number;
}

/**
 * The heads of a pull whose check was begun and not ended yet. Each begun check is an open intent, so that one a process that died
 * left behind is found and ended.
 */
export interface Rounds {
  begin(place: PullPlace, head: string, at: Date): Promise<void>;
  end(place: PullPlace, head: string): Promise<void>;
  /** Those that are open, oldest first, each head once. */
  open(place: PullPlace): Promise<readonly Round[]>;
}

/** The check of a head, begun at a time. */
export interface Round {
  readonly head: string;
  readonly at: Date;
}

/** The word its intents go by. */
export const roundOperation = 'check-round';

/** Rounds of checks, kept in the outbox. */
export function createRounds(outbox: Outbox): Rounds {
  const openOf = async (place: PullPlace): Promise<readonly (Round & { readonly key: string })[]> => {
    const prefix = prefixOf(place);
    const keys = (await outbox.open()).filter(({ key }) => key.startsWith(prefix)).map(({ key }) => key);
    return keys.map((key) => {
      const [head = '', at = ''] = key.slice(prefix.length).split('@');
      return { key, head, at: new Date(at) };
    });
  };
  return {
    begin: async (place, head, at) => {
      if ((await openOf(place)).some((round) => round.head === head)) return;
      // The time makes it a key of its own: a check that ended may be begun again.
      const key = `${prefixOf(place)}${head}@${at.toISOString()}`;
      await outbox.begin({ key, operation: roundOperation, subject: `${repoKey(place.repo)}#${place.pull}` });
    },
    end: async (place, head) => {
      for (const round of await openOf(place)) if (round.head === head) await outbox.finish(round.key, null);
    },
    open: async (place) => [...new Map((await openOf(place)).map((round) => [round.head, round])).values()],
  };
}

function prefixOf({ repo, pull }: PullPlace): string {
  return `check:${repoKey(repo)}#${pull}:`;
}
