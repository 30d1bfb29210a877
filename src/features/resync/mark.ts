import { isJsonObject, type Json } from '../../model/json.ts';
import { type RepoRef, repoKey } from '../../model/repo.ts';
import type { ResyncTools } from './tools.ts';

/** How far a repository was looked at, across restarts. */
export interface LookMark {
  /** When the last look began. */
  readonly at: Date;
  /** When the first one began: what was written before it may have been obeyed by a Fairlead whose store was lost. */
  readonly first: Date;
  /** Branch -> its head then. */
  readonly heads: ReadonlyMap<string, string>;
}

/** How far a repository was looked at; null before the first look, and after the store was lost. */
export async function readMark(repo: RepoRef, { store }: ResyncTools): Promise<LookMark | null> {
  const kept = await store.outbox.outcome(markKey(repo));
  if (!isJsonObject(kept)) return null;
  const heads: Json | undefined = kept['heads'];
  const entries = isJsonObject(heads) ? Object.entries(heads).map(([name, sha]) => [name, String(sha)] as const) : [];
  return { at: new Date(Number(kept['at'])), first: new Date(Number(kept['first'])), heads: new Map(entries) };
}

/** Notes how far a look came. */
export async function writeMark(repo: RepoRef, mark: LookMark, { store }: ResyncTools): Promise<void> {
  const key = markKey(repo);
  await store.outbox.begin({ key, operation: 'look', subject: repoKey(repo) });
  await store.outbox.finish(key, {
    at: mark.at.getTime(),
    first: mark.first.getTime(),
    heads: Object.fromEntries(mark.heads),
  });
}

function markKey(repo: RepoRef): string {
  return `looked:${repoKey(repo)}`;
}
