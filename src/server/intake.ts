import type { Logger } from 'pino';
import { FairleadError } from '../model/error.ts';
import type { RepoRef } from '../model/repo.ts';
import type { Forge } from '../world/forge/forge.ts';
import type { RawDelivery } from '../world/forge/receiver.ts';
import type { Queue } from '../world/store/queue.ts';
import type { Delivery, Store, Tx } from '../world/store/store.ts';
import { routeEvent } from './route.ts';

/** What taking webhooks in needs. */
export interface IntakeTools {
  readonly store: Pick<Store, 'transaction' | 'deliveries' | 'repos'>;
  readonly queue: Queue;
  readonly forge: (name: string) => Forge;
  readonly now: () => Date;
  /** Hears of a branch that moved before anything is made of it. */
  readonly moved: (repo: RepoRef) => void;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Hears of each webhook that was set aside, to be counted. */
  readonly poisoned?: (forge: string) => void;
}

/** Headers that say what a delivery is. Secrets and signatures are not among them: the delivery is authentic when it is kept. */
const keptHeaders = [
  'content-type',
  'x-github-event',
  'x-github-delivery',
  'x-gitlab-event',
  'idempotency-key',
  'webhook-id',
];

/**
 * Keeps a webhook and the job to understand it, in one transaction. False when it is there already. When this resolves, nothing but
 * the loss of the disk loses it. One that was not understood, or not yet, is tried again when it comes again: a newer version may
 * understand it.
 */
export async function keepDelivery(
  forge: string,
  delivery: RawDelivery & { readonly id: string; readonly event: string },
  { store, queue, now }: Pick<IntakeTools, 'store' | 'queue' | 'now'>,
): Promise<boolean> {
  const { id, event, body } = delivery;
  const headers = Object.fromEntries(
    keptHeaders.flatMap((name) => {
      const value = delivery.headers[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const job = { kind: 'ingest', payload: { forge, delivery: id } } as const;
  const options = { key: `ingest:${forge}:${id}`, replace: false, runAt: null };
  const keep = async (tx: Tx): Promise<boolean> => {
    if (!(await store.deliveries.insert(tx, { forge, id, event, headers, body, receivedAt: now() }))) return false;
    await queue.add(tx, job, options);
    return true;
  };
  const isNew = await store.transaction(keep, 'beside');
  const kept = isNew ? null : await store.deliveries.get(forge, id);
  if (kept?.state === 'poison') await store.deliveries.settle(forge, id, 'received');
  if (kept?.state === 'poison' || kept?.state === 'received') await queue.add(null, job, options);
  return isNew;
}

/** Understands kept webhooks and routes them to jobs. One that cannot be understood is set aside; the rest goes on. */
export function workIntake(queue: Queue, tools: IntakeTools): void {
  queue.work('ingest', async ({ payload }) => {
    const delivery = await tools.store.deliveries.get(payload.forge, payload.delivery);
    if (delivery?.state === 'received') await understand(delivery, tools);
  });
}

async function understand(delivery: Delivery, tools: IntakeTools): Promise<void> {
  const { store, queue, forge: forgeOf, logger, moved } = tools;
  const { forge, id, event } = delivery;
  try {
    const events = forgeOf(forge).receiver.normalise(delivery);
    for (const { kind, repo } of events) if (kind === 'branch-moved' || kind === 'pull-merged') moved(repo);
    const jobs = events.flatMap(routeEvent);
    await store.transaction(async (tx) => {
      for (const { repo } of events) await store.repos.see(tx, repo);
      for (const next of jobs) await queue.add(tx, next.job, next);
    });
    await store.deliveries.settle(forge, id, jobs.length === 0 ? 'ignored' : 'processed');
    logger.info({ forge, delivery: id, event, events: events.map(({ kind }) => kind) }, 'webhook understood');
  } catch (error) {
    if (!(error instanceof FairleadError) || error.code !== 'broken-payload') throw error;
    await store.deliveries.settle(forge, id, 'poison');
    logger.error({ forge, delivery: id, event, reason: error.message }, 'webhook not understood, set aside');
    tools.poisoned?.(forge);
  }
}
