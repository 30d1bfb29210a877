import { AsyncLocalStorage } from 'node:async_hooks';
import type { QueuedJob } from '../model/jobs.ts';
import { within } from '../tools/within.ts';
import type { RawDelivery } from '../world/forge/receiver.ts';
import type { BesideStore } from '../world/store/opened-store.ts';
import type { Queue } from '../world/store/queue.ts';
import type { Delivery, Store } from '../world/store/store.ts';
import type { DoorLogger } from './webhook.ts';

/** What keeping webhooks needs. */
export interface KeepTools {
  readonly store: Pick<Store, 'transaction' | 'deliveries'>;
  readonly queue: Pick<Queue, 'add'>;
  readonly now: () => Date;
  readonly logger: Pick<DoorLogger, 'warn'>;
  /** A shorter way to keep webhooks behind a job that waits, where there is one. */
  readonly keepBehind?: BesideStore['keepBehind'];
  /**
   * What is waited for between two writes, so that those of a burst share fewer of them and others come to write too; left out:
   * nothing. One that comes alone is written at once.
   */
  readonly pause?: () => Promise<void>;
}

/** An authentic webhook. */
export type Incoming = RawDelivery & { readonly id: string; readonly event: string };

/** Headers that say what a delivery is, and the trace it belongs to. Secrets and signatures are not among them. */
const keptHeaders = [
  'content-type',
  'x-github-event',
  'x-github-delivery',
  'x-gitlab-event',
  'idempotency-key',
  'webhook-id',
  'traceparent',
];

/** Webhooks that are kept in one transaction: at least one, then as many as are within both. */
const together = { count: 64, bytes: 4 * 1024 * 1024 };

/** A write that takes longer than so many milliseconds, at a busy database, no longer holds up the next, up to so many at once. */
const writes = { patience: 15, atOnce: 3 };

/**
 * A webhook that comes alone is understood at once. Others come close behind it: those wait so many milliseconds, so that many are
 * understood at once; and where they keep coming, `apart` goes by between two times.
 */
const understood = { after: 50, apart: 250 };

interface Keeping extends KeepTools {
  readonly due: () => Date | null;
}

interface Waiting {
  readonly delivery: Incoming;
  readonly kept: PromiseWithResolvers<boolean>;
}

/**
 * Keeps the webhooks of a forge: those that come while others are being written are written together, in one transaction. What it
 * gives is fulfilled when the webhook is durable (false: it was there already) and rejected when it is not; those written together
 * share that fate.
 */
export function createKeeper(forge: string, given: KeepTools): (delivery: Incoming) => Promise<boolean> {
  const tools = { ...given, now: oneAfterAnother(given.now), due: dueBy(given.now) };
  const waiting: Waiting[] = [];
  // What is written for many is no part of what one of them began.
  const detached = AsyncLocalStorage.snapshot();
  const lanes = createLanes();
  let isWriting = false;
  const write = async (): Promise<void> => {
    isWriting = true;
    while (waiting.length > 0) {
      await lanes.enter(keepBatch(forge, nextBatch(waiting), tools));
      await tools.pause?.();
    }
    isWriting = false;
  };
  return (delivery) => {
    const kept = Promise.withResolvers<boolean>();
    waiting.push({ delivery, kept });
    if (!isWriting) detached(() => void write());
    return kept.promise;
  };
}

/** Work of which some goes on at once. `enter` is fulfilled when more may begin; the work must not fail. */
function createLanes(): { enter(work: Promise<void>): Promise<void> } {
  const underWay = new Set<Promise<void>>();
  return {
    enter: async (given) => {
      const work = given.then(() => void underWay.delete(work));
      underWay.add(work);
      if (underWay.size < writes.atOnce) await within(writes.patience, work);
      else await Promise.race(underWay);
    },
  };
}

/** When webhooks kept now are to be understood; null at once. */
function dueBy(now: () => Date): () => Date | null {
  let [last, due] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return () => {
    const at = now().getTime();
    const isAlone = at - last > understood.after;
    last = at;
    if (isAlone) return null;
    if (due <= at) due = Math.max(at + understood.after, due + understood.apart);
    return new Date(due);
  };
}

/** Times that tell the order in which they were asked for, a millisecond apart at least. */
function oneAfterAnother(now: () => Date): () => Date {
  let last = 0;
  return () => {
    last = Math.max(now().getTime(), last + 1);
    return new Date(last);
  };
}

function nextBatch(waiting: Waiting[]): readonly Waiting[] {
  let bytes = 0;
  const end = waiting.findIndex(({ delivery: { body } }, index) => {
    bytes += body.length;
    return index >= together.count || (index > 0 && bytes > together.bytes);
  });
  return waiting.splice(0, end === -1 ? waiting.length : end);
}

async function keepBatch(forge: string, batch: readonly Waiting[], tools: Keeping): Promise<void> {
  const deliveries = batch.map(({ delivery }) => delivery);
  try {
    const fresh = new Set(await keepNew(forge, deliveries, tools));
    for (const { delivery, kept } of batch) {
      // The first of an id is the new one.
      if (fresh.delete(delivery.id)) kept.resolve(true);
      else kept.resolve(keepAgain(forge, delivery, tools).then(() => false));
    }
  } catch (error) {
    for (const { kept } of batch) kept.reject(error);
  }
}

/** Keeps those that are new with the job to understand them; nothing but the loss of the disk loses them then. */
async function keepNew(
  forge: string,
  deliveries: readonly Incoming[],
  { store, queue, now, due, keepBehind = async () => null }: Keeping,
): Promise<ReadonlySet<string>> {
  const runAt = due();
  const rows = deliveries.map(({ id, event, body, headers }) => ({
    ...{ forge, id, event, body, receivedAt: now() },
    headers: Object.fromEntries(
      keptHeaders.flatMap((name) => {
        const value = headers[name];
        return value === undefined ? [] : [[name, value]];
      }),
    ),
  }));
  const { job, ...options } = { ...ingestJob(forge, null), runAt };
  const behind = await keepBehind(rows, job, options);
  if (behind !== null) return behind;
  return store.transaction(async (tx) => {
    const fresh = await store.deliveries.insertAll(tx, rows);
    if (fresh.size > 0) await queue.add(tx, job, options);
    return fresh;
  }, 'beside');
}

/** Understands the deliveries of a forge that wait (null), or one that is apart from them. */
export function ingestJob(forge: string, delivery: string | null): QueuedJob {
  const key = delivery === null ? `ingest:${forge}` : `ingest:${forge}:${delivery}`;
  return { job: { kind: 'ingest', payload: { forge, delivery } }, key, replace: false, runAt: null };
}

/**
 * What came before and was not understood, or not yet, is tried again: a newer version may understand it. One that says something
 * else under the id of another changes nothing, and is told: forges send the same again, so somebody who has a secret made this one.
 */
async function keepAgain(forge: string, delivery: Incoming, { store, queue, logger }: KeepTools): Promise<void> {
  const { id, event, body } = delivery;
  const first = await store.deliveries.get(forge, id);
  if (first === null) return;
  if (first.state === 'poison') await store.deliveries.settle(forge, id, 'received');
  const { job, ...options } = ingestJob(forge, first.state === 'apart' ? id : null);
  if (isUnfinished(first)) await queue.add(null, job, options);
  if (Buffer.from(first.body).equals(body)) return;
  const facts = { forge, delivery: id, event, firstAt: first.receivedAt.toISOString() };
  logger.warn(facts, 'webhook with another body under a known id, dropped: check who has the webhook secret');
}

function isUnfinished({ state }: Delivery): boolean {
  return state === 'poison' || state === 'received' || state === 'apart';
}
