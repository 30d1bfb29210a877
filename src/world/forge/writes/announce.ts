import { AsyncLocalStorage } from 'node:async_hooks';
import type { Json } from '../../../model/json.ts';

/** A write to a forge that is under way, as whoever records it sees it. */
export interface WriteUnderWay {
  /** Called before each request of it that changes something; the first one writes the intent down. */
  announce(): Promise<void>;
  /** What the same write came to the last time; null when it is not known. */
  known(): Promise<Json>;
}

const current = new AsyncLocalStorage<WriteUnderWay>();

/** Runs work as part of a write. */
export function duringWrite<T>(write: WriteUnderWay, work: () => Promise<T>): Promise<T> {
  return current.run(write, work);
}

/**
 * To be called by a forge's client before every request that changes something. Only then is the intent written down: what turns
 * out to stand already costs nothing. Throws what the store throws; nothing may be sent then.
 */
export async function announceWrite(): Promise<void> {
  await current.getStore()?.announce();
}

/**
 * The id of what the same write made the last time, for where a list does not hold it: lists of a forge may lag behind. Null when
 * none is known.
 */
export async function knownId(): Promise<number | null> {
  const outcome = await current.getStore()?.known();
  if (typeof outcome !== 'object' || outcome === null || !('id' in outcome)) return null;
  const id = Number(outcome.id);
  return Number.isSafeInteger(id) ? id : null;
}
