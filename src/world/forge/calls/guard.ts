import type { BudgetAmount, BudgetCaps, BudgetWord } from '../../../model/budget.ts';
import { BorderError } from '../../../model/error.ts';
import type { BudgetFigure } from '../forge.ts';
import { createBreaker } from './breaker.ts';
import { type BudgetSource, SharedBudget } from './shared-budget.ts';

/** One call to a forge. */
export interface Call {
  /** `POST /repos/{owner}/{repo}/pulls`. */
  readonly subject: string;
  readonly cost: BudgetAmount;
}

/** Stands before every call of one installation: keeps within its limits and away from a forge that does not answer. */
export interface Guard {
  /**
   * Runs a call. `work` asks `admit` before each request it makes: that waits a little, or throws `BorderError` `limited` with when to
   * try again. Throws `unavailable`, `unauthorized` or `forbidden` at once while calls before it failed so.
   */
  run<T>(call: Call, work: (admit: () => Promise<void>) => Promise<T>): Promise<T>;
  /** What an answer told of the limit. */
  hear(word: Partial<BudgetWord>): void;
  figure(): BudgetFigure;
}

/** What a guard takes. */
export interface GuardOptions {
  readonly forge: string;
  readonly installation: number | null;
  readonly source: BudgetSource;
  readonly caps: BudgetCaps;
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
  /** Deadline of one call, in milliseconds. */
  readonly deadline: number;
}

/** Longest wait on the spot, in milliseconds; beyond it the queue waits, which knows `retryAt` and gives the place to others. */
const patience = 5_000;

/** Stands aside: for a command that makes a few calls and ends. */
export const noGuard: Omit<Guard, 'figure'> = {
  run: (_call, work) => work(async () => {}),
  hear: () => {},
};

/** A guard of one installation. */
export function createGuard(options: GuardOptions): Guard {
  const { forge, installation, now } = options;
  const budget = new SharedBudget({ ...options, key: `${forge}:${installation ?? 'token'}` });
  const breaker = createBreaker(now, options.deadline);
  return {
    hear: (word) => budget.hear(word),
    figure: () => {
      const { limit, remaining, resetAt, closedUntil } = budget.word;
      const isOver = resetAt <= now().getTime();
      const next = Math.max(isOver ? 0 : resetAt, closedUntil);
      return {
        ...{ forge, installation, limit, remaining: isOver ? null : remaining, isDegraded: budget.isDegraded },
        resetAt: next === 0 ? null : new Date(next),
      };
    },
    run: async (call, work) => {
      breaker.check(call.subject);
      const begun = performance.now();
      try {
        const result = await work(() => admit(call, budget, options));
        breaker.passed();
        return result;
      } catch (error) {
        breaker.failed(error, performance.now() - begun);
        await obey(error, budget);
        throw error;
      }
    },
  };
}

/** Waits until the budget allows the call, or throws when that is too far away. */
async function admit(call: Call, budget: SharedBudget, { forge, now, sleep }: GuardOptions): Promise<void> {
  const end = now().getTime() + patience;
  for (;;) {
    const until = await budget.spend(call.cost);
    if (until === null) return;
    if (until > end) throw heldBack(forge, call.subject, new Date(until));
    await sleep(Math.max(until - now().getTime(), 1));
  }
}

/** The forge said when it wants to be asked again. What we said ourselves is known. */
async function obey(error: unknown, budget: SharedBudget): Promise<void> {
  if (!(error instanceof BorderError) || error.retryAt === null || error.code.endsWith(ownLimit)) return;
  if (error.kind !== 'limited' && error.kind !== 'unavailable') return;
  if (error.retryAt.getTime() > budget.word.closedUntil) await budget.close(error.retryAt);
}

const ownLimit = '-held-back';

function heldBack(forge: string, subject: string, retryAt: Date): BorderError {
  return new BorderError({
    code: `${forge}${ownLimit}`,
    kind: 'limited',
    status: 429,
    retryAt,
    subject,
    message: `${subject} was not sent: the rate limit of ${forge} is nearly used up until ${retryAt.toISOString()}`,
    remedy: 'Nothing to do: it is tried again once the forge lets us. Deploys and commands go first.',
  });
}
