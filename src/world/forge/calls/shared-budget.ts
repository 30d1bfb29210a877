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
  /** Points that were asked for, to ask for more when they were not enough. */
  readonly asked: number;
}

/** Least and most points that are leased at once. Writes are so few that each is asked for: leased and left over, they are lost. */
const [smallest, largest] = [10, 160];

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

  /** Leases what a call lacks; gives null, or when there may be it. */
  async #lease(cost: BudgetAmount, urgency: Urgency): Promise<number | null> {
    const before = this.#left(urgency);
    const needed = { points: lacking(cost.points, before.points), writes: lacking(cost.writes, before.writes) };
    const usual = before.asked === 0 ? smallest : Math.min(before.asked * 2, largest);
    const wanted = { points: needed.points === 0 ? 0 : Math.max(usual, needed.points), writes: needed.writes };
    const { given, until, freeAt } = await this.#ask(needed, wanted, urgency);
    if (given.points < needed.points || given.writes < needed.writes) return freeAt;
    const left = this.#left(urgency);
    this.#slices[urgency] = {
      ...{ points: left.points + given.points, writes: left.writes + given.writes },
      ...{ until, asked: Math.max(wanted.points, left.asked) },
    };
    return null;
  }

  /** What of the slice is good now. */
  #left(urgency: Urgency): Slice {
    const slice = this.#slices[urgency];
    return this.#now() < slice.until ? slice : emptySlice;
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
const emptySlice: Slice = { points: 0, writes: 0, until: 0, asked: 0 };

function lacking(wanted: number, held: number): number {
  return Math.max(wanted - held, 0);
}
