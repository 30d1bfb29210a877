import type { Logger } from 'pino';
import type { Forge } from '../world/forge/forge.ts';
import type { Recorder } from '../world/forge/writes/recorder.ts';
import { settleWrites } from '../world/forge/writes/settle.ts';
import type { Outbox } from '../world/store/store.ts';
import { errorFacts } from './assemble.ts';

/** What keeping the outbox takes. */
export interface OutboxKeeping {
  readonly outbox: Outbox;
  readonly recorder: Recorder;
  /** Whether other processes write to the same store. */
  readonly others: boolean;
  /** The forge of a name; its writes are not recorded. */
  readonly forge: (name: string) => Forge;
  readonly now: () => Date;
  readonly redact: (text: string) => string;
  readonly logger: Logger;
}

/** Milliseconds. */
const times = {
  /** Between two rounds. */
  round: 60_000,
  /** A write that was begun so long ago is not under way any more: every request has a deadline. */
  left: 2 * 60_000,
  /** How long what is done is remembered. */
  kept: 7 * 24 * 60 * 60_000,
} as const;

/** Rows forgotten in one statement, and how often in a round: no write waits long for it. */
const pruned = { rows: 200, batches: 25 } as const;

/**
 * A round: settles what was begun before `before` and left open, and forgets what was done long ago. Never throws.
 */
export async function keepOutbox(before: Date, keeping: OutboxKeeping, signal: AbortSignal): Promise<void> {
  const { outbox, recorder, forge, now, redact, logger } = keeping;
  const onFault = (intent: string, error: unknown): void =>
    logger.warn({ intent: redact(intent), ...errorFacts(error, redact) }, 'a write left open could not be settled');
  try {
    const port = (repo: Parameters<Forge['repo']>[0]) => forge(repo.forge).repo(repo);
    const settled = await settleWrites(before, { open: outbox.open, recorder, port, onFault, signal });
    if (settled > 0) logger.info({ settled }, 'writes left open were settled');
    await prune(outbox, new Date(now().getTime() - times.kept));
  } catch (error) {
    onFault('outbox', error);
  }
}

/** Keeps the outbox, at once and every minute until it is closed. */
export function startOutboxKeeper(keeping: OutboxKeeping): { close(): Promise<void> } {
  const before = (age: number): Date => new Date(keeping.now().getTime() - age);
  const stop = new AbortController();
  let isBusy = true;
  const begin = (age: number): Promise<void> =>
    keepOutbox(before(age), keeping, stop.signal).finally(() => {
      isBusy = false;
    });
  // Where nobody else writes to the store, whatever is open now was left by a process that died.
  let round = begin(keeping.others ? times.left : 0);
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    round = begin(times.left);
  }, times.round);
  timer.unref();
  return {
    close: async () => {
      clearInterval(timer);
      stop.abort();
      await round;
    },
  };
}

async function prune(outbox: Outbox, before: Date): Promise<void> {
  for (let batch = 0; batch < pruned.batches; batch += 1)
    if ((await outbox.prune(before, pruned.rows)) < pruned.rows) return;
}
