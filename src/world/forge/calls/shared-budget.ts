import {
  type BudgetAmount,
  type BudgetAsk,
  type BudgetCaps,
  type BudgetGrant,
  type BudgetState,
  type BudgetWord,
  budgetReserve,
  fullBudget,
  mergeWords,
  takeBudget,
  unheard,
} from '../../../model/budget.ts';
import { remember } from '../remember.ts';
import { type Urgency, urgencyNow } from './urgency.ts';

/** Where replicas share a budget; the store's budgets are one. */
export interface BudgetSource {
  take(key: string, ask: BudgetAsk): Promise<BudgetGrant>;
}

/** What a budget takes. */
export interface BudgetOptions {
  /** `github:42`: forge and installation. */
  readonly key: string;
  readonly source: BudgetSource;
  readonly caps: BudgetCaps;
  readonly now: () => Date;
}

/** What of a budget was leased to this process. */
interface Slice {
  points: number;
  writes: number;
  /** Milliseconds since 1970. */
  until: number;
  /** What was asked for, to ask for more when it was not enough. */
  readonly asked: BudgetAmount;
}

/** Least and most that is leased at once. */
const smallest: BudgetAmount = { points: 10, writes: 1 };
const largest: BudgetAmount = { points: 160, writes: 8 };

/** How long it is believed that no other replica was told to stay away, in milliseconds. */
const believedFor = 250;

/** A source for one process alone. */
export function ownSource(now: () => Date): BudgetSource {
  const states = new Map<string, BudgetState>();
  return {
    take: async (key, ask) => {
      const taken = takeBudget(states.get(key) ?? fullBudget, ask, now().getTime());
      remember(states, key, taken.state);
      return taken.grant;
    },
  };
}

/**
 * The budget of one installation as one process sees it. Replicas lease slices of it for ten seconds at most, small ones at first,
 * so that the store is not asked for every call; that the forge told one of them to stay away is known to the others at once.
 */
export class SharedBudget {
  readonly #options: BudgetOptions;
  readonly #slices: Record<Urgency, Slice> = { urgent: emptySlice, ordinary: emptySlice };
  #word: BudgetWord = unheard;
  /** Until when what is not urgent was sent away, in milliseconds since 1970. */
  #heldUntil = 0;
  #askedAt = 0;

  constructor(options: BudgetOptions) {
    this.#options = options;
  }

  get word(): BudgetWord {
    return this.#word;
  }

  /** Whether less goes through than is wanted. */
  get isDegraded(): boolean {
    const now = this.#now();
    return now < Math.max(this.#word.closedUntil, this.#heldUntil) || this.#spentUntil('ordinary', now) > now;
  }

  /** Spends for one call; gives null, or when to ask again (milliseconds since 1970) and spends nothing. */
  async spend(cost: BudgetAmount): Promise<number | null> {
    const urgency = urgencyNow();
    const until = await this.#hindrance(cost, urgency);
    if (until !== null && urgency === 'ordinary') this.#heldUntil = until;
    return until;
  }

  /** What an answer told. */
  hear(word: Partial<BudgetWord>): void {
    this.#word = mergeWords(this.#word, { ...unheard, ...word }, this.#now());
  }

  /** The forge wants no call before then: the other replicas are told. */
  async close(until: Date): Promise<void> {
    this.hear({ closedUntil: until.getTime() });
    await this.#ask(nothing, nothing, 'ordinary');
  }

  async #hindrance(cost: BudgetAmount, urgency: Urgency): Promise<number | null> {
    // Each round either ends here or leases a slice; others may use it up before us, a few times at most.
    for (let round = 0; round < 10; round += 1) {
      if (this.#now() - this.#askedAt >= believedFor) await this.#listen();
      const now = this.#now();
      const until = Math.max(this.#word.closedUntil, this.#spentUntil(urgency, now));
      if (until > now) return until;
      if (this.#takeFromSlice(cost, urgency, now)) return null;
      const freeAt = await this.#lease(cost, urgency);
      if (freeAt !== null) return freeAt;
    }
    return this.#now() + 1_000;
  }

  /** When the forge's own count allows a call of this urgency again. */
  #spentUntil(urgency: Urgency, now: number): number {
    const { limit, remaining, resetAt } = this.#word;
    if (remaining === null || resetAt <= now) return 0;
    const kept = urgency === 'urgent' ? 0 : Math.floor((limit ?? 0) * budgetReserve);
    return remaining <= kept ? resetAt : 0;
  }

  #takeFromSlice(cost: BudgetAmount, urgency: Urgency, now: number): boolean {
    const slice = this.#slices[urgency];
    if (slice.until <= now || slice.points < cost.points || slice.writes < cost.writes) return false;
    slice.points -= cost.points;
    slice.writes -= cost.writes;
    const { remaining } = this.#word;
    // Calls that are under way are not in the forge's last word yet.
    if (remaining !== null) this.#word = { ...this.#word, remaining: remaining - 1 };
    return true;
  }

  /** Leases a slice; gives null, or when there may be one. */
  async #lease(cost: BudgetAmount, urgency: Urgency): Promise<number | null> {
    const before = this.#slices[urgency];
    const wanted = this.#now() < before.until ? larger(before.asked, cost) : atLeast(smallest, cost);
    const { given, until, freeAt } = await this.#ask(cost, wanted, urgency);
    if (given.points < cost.points || given.writes < cost.writes) return freeAt;
    const { points, writes } = this.#slices[urgency];
    const left = this.#now() < this.#slices[urgency].until ? { points, writes } : nothing;
    this.#slices[urgency] = {
      ...{ points: left.points + given.points, writes: left.writes + given.writes },
      ...{ until, asked: wanted },
    };
    return null;
  }

  async #listen(): Promise<void> {
    this.#askedAt = this.#now();
    const { key, source, caps } = this.#options;
    const ask = { needed: nothing, wanted: nothing, caps, isUrgent: false, heard: unheard };
    this.#word = mergeWords(this.#word, (await source.take(key, ask)).word, this.#now());
  }

  async #ask(needed: BudgetAmount, wanted: BudgetAmount, urgency: Urgency): Promise<BudgetGrant> {
    const { key, source, caps } = this.#options;
    const ask = { needed, wanted, caps, isUrgent: urgency === 'urgent', heard: this.#word };
    const grant = await source.take(key, ask);
    this.#askedAt = this.#now();
    this.#word = mergeWords(this.#word, grant.word, this.#now());
    return grant;
  }

  #now(): number {
    return this.#options.now().getTime();
  }
}

const nothing: BudgetAmount = { points: 0, writes: 0 };
const emptySlice: Slice = { points: 0, writes: 0, until: 0, asked: nothing };

function larger({ points, writes }: BudgetAmount, cost: BudgetAmount): BudgetAmount {
  const doubled = { points: Math.min(points * 2, largest.points), writes: Math.min(writes * 2, largest.writes) };
  return atLeast(doubled, cost);
}

function atLeast(one: BudgetAmount, other: BudgetAmount): BudgetAmount {
  return { points: Math.max(one.points, other.points), writes: Math.max(one.writes, other.writes) };
}
