import type { EngineWork } from '../engine.ts';

/** How a revision stands to the commit of some work: it itself, a later one that holds it, or anything else. */
export type Standing = 'exact' | 'newer' | 'other';

/** Whether a commit is in the history of another (or is it); false when either is unknown. */
export type IsAncestor = (commit: string, of: string, signal: AbortSignal) => Promise<boolean>;

/** The commit in a revision of Flux: `main@sha1:…`, `refs/heads/main@sha1:…`, or `main/…` of older versions; null when there is none. */
export function commitOf(revision: string): string | null {
  return /(?:^|[:/])([0-9a-f]{40}|[0-9a-f]{64})$/.exec(revision)?.[1] ?? null;
}

/** How a revision stands to the work's commit. */
export async function standingOf(
  isAncestor: IsAncestor,
  { commit }: Pick<EngineWork, 'commit'>,
  revision: string,
  signal: AbortSignal,
): Promise<Standing> {
  const found = commitOf(revision);
  if (found === null) return 'other';
  if (found === commit) return 'exact';
  return (await isAncestor(commit, found, signal)) ? 'newer' : 'other';
}
