import type { Redactor } from '../formats/redaction/redactor.ts';
import type { FairleadError } from '../model/error.ts';
import { noLimits, type ServerLimits } from '../model/server-settings.ts';
import type { StoreOptions } from '../world/store/opened-store.ts';
import type { Queue } from '../world/store/queue.ts';
import type { Budgets, Store } from '../world/store/store.ts';
import { errorFacts } from './assemble.ts';
import type { BotOptions } from './bot.ts';
import { deadLetter } from './dead-letter.ts';
import { type ForgeSettings, type Forges, openForges, recordForges } from './forges.ts';
import { onlyAllowed } from './limits.ts';
import { maskStore } from './mask-store.ts';
import { type ChosenStore, openChosenStore, type StorePlace } from './open-store.ts';
import type { Operation } from './operation.ts';
import type { OutboxKeeping } from './outbox-keeper.ts';
import { rankCalls } from './rank-calls.ts';
import { createFaultTellers } from './tell-faults.ts';

/** What the base is opened for. */
export interface BaseRun extends ForgeSettings, StorePlace {
  /** What repositories are restricted to; left out: nothing. */
  readonly limits?: ServerLimits;
  /** Least milliseconds between two writes to a forge; null: what suits its limits. */
  readonly forgeWrites: number | null;
}

/** What everything else of the server stands on, watched. */
export interface Base extends Pick<BotOptions, 'fault'> {
  readonly opened: ChosenStore;
  readonly store: Store;
  readonly queue: Queue;
  readonly forges: Forges;
  readonly limits: ServerLimits;
  /** What ends writes that a process that died had begun. */
  readonly keeping: Pick<OutboxKeeping, 'recorder' | 'forge' | 'others'>;
}

interface Tongue {
  readonly now: () => Date;
  readonly redactor: Redactor;
  readonly operation: Operation;
}

/** Opens store, queue and forges. Throws `FairleadError` of the stores, and for credentials that are of no use. */
export async function openBase(run: BaseRun, tongue: Tongue): Promise<Base> {
  const { redactor, operation } = tongue;
  const limits = run.limits ?? noLimits;
  // A fault in their settings is told before the store is opened, which they ask for nothing before it is.
  const budgets: Budgets = { take: (key, ask) => opened.store.budgets.take(key, ask) };
  // Forges are told the time as the machine has it: their tokens are bound to it.
  const opening = { logger: operation.log.logger, now: () => new Date(), redactor, writes: run.forgeWrites, budgets };
  const plain = onlyAllowed(openForges(run, opening), limits);
  const opened = await openStore(run, tongue);
  const { store, queue, fault } = operation.around({ ...opened, store: maskStore(opened.store, redactor.text) });
  const recorded = await recordForges(plain, store.outbox);
  const forges = operation.forges(recorded);
  const others = (run.databaseUrl ?? null) !== null;
  const keeping = { recorder: recorded.recorder, forge: plain.forge, others };
  return { opened, store, queue: rankCalls(queue), fault, forges, limits, keeping };
}

/** Opens the store and queue. That they broke is told once, not again with each job that fails for it. */
async function openStore(
  place: StorePlace,
  { now, redactor, operation }: Tongue,
): Promise<ChosenStore & Pick<BotOptions, 'fault'>> {
  const { logger } = operation.log;
  const redact = redactor.text;
  const faults = createFaultTellers(operation, redact);
  let broken: FairleadError | null = null;
  const options: StoreOptions = {
    ...{ now, random: Math.random },
    onFailure: (job, error, attempt, dead, since) => {
      faults.onFailure(job, error, attempt, dead, since);
      const letter = dead ? deadLetter(job, error, { tries: attempt, since, at: now(), redact }) : null;
      if (letter === null) return;
      opened.queue.add(null, letter.job, letter).catch((failure: unknown) => {
        logger.error({ job: job.kind, ...errorFacts(failure, redact) }, 'nobody could be told of a dead job');
      });
    },
    onFault: (error) => {
      if (error !== broken) faults.onFault(error);
    },
  };
  const opened = await openChosenStore(place, options, redactor);
  void opened.broken.then((why) => {
    broken = why;
    logger.fatal(errorFacts(why, redact), 'store broken: the process ends');
  });
  return { ...opened, fault: () => (broken === null ? null : 'the store is broken: the process must start again') };
}
