import type { Pull, RepoPort } from '../../world/forge/forge.ts';
import type { Store } from '../../world/store/store.ts';

/** What one try to take a merge back is found again by: the key of its pull, and its branch. */
export interface Name {
  readonly key: string;
  readonly branch: string;
}

/** How often a merge was taken back by pulls that people closed. */
export interface Attempt {
  /** The newest of these pulls; null when there was none. */
  readonly last: Pull | null;
  /** Of the pull that comes after it. */
  readonly next: Name;
}

/** Most pulls of one merge that are looked through. */
const mostPulls = 50;

/** Key of the intent that a pull is opened, and in the end its number. */
export function pullIntent({ key }: Name): string {
  return `${key}:pull`;
}

/**
 * Goes through the pulls that were opened under a name. A forge finds a pull of a key in any state, so what was closed needs a
 * name of its own to be opened again: it is named after the closed one.
 */
export async function lastAttempt(
  first: Name,
  { port, store: { outbox } }: { readonly port: RepoPort; readonly store: Store },
): Promise<Attempt> {
  let attempt: Attempt = { last: null, next: first };
  for (let count = 0; count < mostPulls; count += 1) {
    const number = await outbox.outcome(pullIntent(attempt.next));
    if (typeof number !== 'number') break;
    const next = { key: `${first.key}:after-${number}`, branch: `${first.branch}-after-${number}` };
    attempt = { last: await port.pull(number), next };
  }
  return attempt;
}
