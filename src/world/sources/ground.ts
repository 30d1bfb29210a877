import { BorderError } from '../../model/error.ts';
import type { Access } from './access.ts';
import { unpack } from './archive/unpack.ts';
import type { DiskCache, KnownAnswer } from './disk-cache.ts';
import { otherDigest } from './faults.ts';
import type { SourceLimits } from './limits.ts';
import type { Gate } from './reach/gate.ts';
import type { Fetched } from './sources.ts';

/** What every kind of source works with. */
export interface Ground {
  readonly gate: Gate;
  readonly access: Access;
  readonly cache: DiskCache;
  readonly limits: SourceLimits;
  readonly now: () => Date;
}

/** One thing to fetch, whatever its kind. */
export interface Task {
  /** Names it on disk: everything that decides what is had. */
  readonly key: string;
  /** What errors call it. */
  readonly subject: string;
  /** The digest it must have; null where any is right. */
  readonly digest: string | null;
  /** Whether the key itself names the content, so that the source need not be asked again. */
  readonly isContentKey: boolean;
}

/** What a source gave. */
export interface Had extends Omit<KnownAnswer, 'content'> {
  readonly bytes: Uint8Array;
  /** Whether the same words will always mean it. */
  readonly isPinned: boolean;
}

/**
 * Fetches through the cache: content that is kept under a digest is not asked for again; what is pinned by a version or tag is asked
 * for, and taken from the disk where the source cannot be reached; what is not pinned comes from the source or not at all.
 */
export async function fetchThrough(ground: Ground, task: Task, fetch: () => Promise<Had>): Promise<Fetched> {
  const known = await recall(ground, task);
  if (known !== null && (task.isContentKey || task.digest !== null)) return unpacked(ground, task, known, true);
  try {
    const had = await fetch();
    if (task.digest !== null && had.digest !== task.digest) throw otherDigest(task.subject, task.digest, had.digest);
    const fetched = await unpacked(ground, task, had, false);
    await keep(ground, task, had);
    return fetched;
  } catch (fault) {
    if (known === null || !isPassing(fault)) throw fault;
    return unpacked(ground, task, known, true);
  }
}

/** What the disk holds of it, with the digest it must have. */
async function recall({ cache }: Ground, { key, digest }: Task): Promise<Had | null> {
  const answer = await cache.answer(key);
  if (answer === null || (digest !== null && answer.digest !== digest)) return null;
  const bytes = await cache.content(answer.content);
  return bytes === null ? null : { ...answer, bytes, isPinned: true };
}

async function unpacked({ limits }: Ground, task: Task, had: Had, isFromCache: boolean): Promise<Fetched> {
  const tree = await unpack({ name: task.subject, bytes: had.bytes, layout: had.layout, limits });
  return { tree, resolved: had.resolved, digest: had.digest, isPinned: had.isPinned, isFromCache };
}

/** Only what could be unpacked is kept, and answers only where they stay true. */
async function keep({ cache }: Ground, { key }: Task, had: Had): Promise<void> {
  const content = await cache.keep(had.bytes);
  const { resolved, digest, layout } = had;
  if (had.isPinned) await cache.remember(key, { resolved, digest, layout, content });
}

function isPassing(fault: unknown): boolean {
  return fault instanceof BorderError && (fault.kind === 'unavailable' || fault.kind === 'limited');
}
