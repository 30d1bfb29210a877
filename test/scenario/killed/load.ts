import type { Seeded } from '../../support/seeded.ts';
import { until } from '../../support/until.ts';
import { EndedEarly, type KilledBot, startKilledBot } from './bot.ts';
import { type ForgeSide, post, type Webhook } from './forge-side.ts';
import type { KilledStore } from './stores.ts';

/** How much happens, and how often the process dies of it. */
export interface Load {
  readonly events: number;
  /** Of the bot. */
  readonly kills: number;
  /** Of the database itself, where it is a process of its own. */
  readonly crashes: number;
  /** One of so many events is a push; the others say the same again with an id of their own. */
  readonly pushEvery: number;
}

/** What a run under load came to. */
export interface Outcome {
  /** Ids of the deliveries that were answered 202, once each. */
  readonly acked: readonly string[];
  /** Deliveries that were sent again although they had been acknowledged. */
  readonly duplicates: number;
  /** Times a delivery was not acknowledged and was sent again later. */
  readonly resent: number;
  readonly kills: number;
  /** Kills while reviews were under way. */
  readonly killsInReview: number;
  /** Kills before the process listened. */
  readonly killsAtStart: number;
  readonly crashes: number;
  /** What failed in the bot, as it told it. */
  readonly failures: readonly string[];
  /** The bot that runs at the end. */
  readonly bot: KilledBot;
}

/** How long anything may take, in milliseconds: jobs of a process that died wait for twelve seconds in PostgreSQL. */
const patience = 120_000;

/** Ends of the process or the database after which a long run says how far it is. */
const toldEvery = 50;

/** Webhooks on their way at once. */
const lanes = 8;

/**
 * Sends events as fast as they are taken, with 20 % duplicates, while the bot is killed and started again at random moments. What
 * is not acknowledged is sent again until it is, as a forge does that is asked to redeliver.
 */
export async function runLoad(
  side: ForgeSide,
  store: KilledStore,
  load: Load,
  random: Seeded,
  say: (line: string) => void = () => undefined,
): Promise<Outcome> {
  return new LoadRun(side, store, load, random, say).run();
}

class LoadRun {
  readonly #side: ForgeSide;
  readonly #store: KilledStore;
  readonly #load: Load;
  readonly #random: Seeded;
  readonly #say: (line: string) => void;
  readonly #acked: string[] = [];
  readonly #failures: string[] = [];
  #begun = 0;
  #duplicates = 0;
  #resent = 0;
  #kills = 0;
  #killsInReview = 0;
  #killsAtStart = 0;
  /** Whether nothing is sent for a while: what comes in is more urgent than reviews. */
  #isCalm = false;
  #crashes = 0;
  #bot: KilledBot | null = null;

  constructor(side: ForgeSide, store: KilledStore, load: Load, random: Seeded, say: (line: string) => void) {
    this.#side = side;
    this.#store = store;
    this.#load = load;
    this.#random = random;
    this.#say = say;
  }

  async run(): Promise<Outcome> {
    this.#bot = await this.#start(null);
    await Promise.all([this.#endIt(), ...Array.from({ length: lanes }, () => this.#send())]);
    return {
      ...{ acked: this.#acked, duplicates: this.#duplicates, resent: this.#resent, failures: this.#failures },
      ...{ kills: this.#kills, killsInReview: this.#killsInReview, killsAtStart: this.#killsAtStart },
      ...{ crashes: this.#crashes, bot: this.#bot },
    };
  }

  async #send(): Promise<void> {
    while (this.#begun < this.#load.events) {
      await until('the end of the calm', () => (this.#isCalm ? undefined : true), patience);
      this.#begun += 1;
      const nth = this.#begun;
      const pull = this.#side.pulls[this.#random.below(this.#side.pulls.length)] ?? 0;
      if (nth % this.#load.pushEvery === 0) await this.#side.push(pull);
      const webhook = this.#side.webhook(pull, `event-${nth}`);
      await this.#deliver(webhook);
      this.#acked.push(webhook.id);
      if (!this.#random.percent(20)) continue;
      this.#duplicates += 1;
      await this.#deliver(webhook);
    }
  }

  async #deliver(webhook: Webhook): Promise<void> {
    for (;;) {
      const bot = await until('a bot that listens', () => this.#bot ?? undefined, patience);
      if ((await post(bot.url, webhook)) === 202) return;
      this.#resent += 1;
      // Until something changed: a store that is away answers at once, again and again.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Ends the process, or the database, each time so many events were acknowledged; spread so that all fits into the load. */
  async #endIt(): Promise<void> {
    const { events, kills, crashes } = this.#load;
    const ends = kills + crashes;
    const apart = Math.floor(events / (ends + 1));
    for (let nth = 1; nth <= ends; nth += 1) {
      const at = (nth - 1) * apart + 1 + this.#random.below(apart);
      await until(`event ${at} to be acknowledged`, () => (this.#acked.length >= at ? true : undefined), patience);
      const isCalm = nth % 4 === 0;
      if (isCalm) await this.#untilReviews();
      // Between two steps as well as in the middle of one.
      await new Promise((resolve) => setTimeout(resolve, this.#random.below(isCalm ? 60 : 15)));
      if (this.#store.crash !== null && this.#isCrash(nth)) await this.#crash(this.#store.crash);
      else await this.#kill();
      this.#isCalm = false;
      if (nth % toldEvery === 0) this.#say(`${nth} of ${ends} ends, ${this.#acked.length} of ${events} events`);
    }
  }

  /** Sends nothing until the bot has come to its reviews. */
  async #untilReviews(): Promise<void> {
    this.#isCalm = true;
    this.#side.takeRequests();
    await until('reviews', () => (this.#side.takeRequests().length > 0 ? true : undefined), patience);
    this.#killsInReview += 1;
  }

  /** Every so many ends the database is the one that ends. */
  #isCrash(nth: number): boolean {
    const { kills, crashes } = this.#load;
    return Math.floor((nth * crashes) / (kills + crashes)) > this.#crashes;
  }

  async #crash(crash: () => Promise<void>): Promise<void> {
    this.#crashes += 1;
    await crash();
  }

  async #kill(): Promise<void> {
    const bot = this.#bot;
    this.#bot = null;
    await bot?.kill();
    this.#kills += 1;
    this.#failures.push(...(bot?.failures ?? []));
    this.#side.takeRequests();
    // Some die again while they start.
    this.#bot = await this.#start(this.#random.percent(20) ? this.#random.below(400) : null);
  }

  async #start(killAfterMs: number | null): Promise<KilledBot> {
    const told = { ...this.#side.told, store: this.#store.address };
    if (killAfterMs === null) return startKilledBot(told);
    try {
      return await startKilledBot(told, (kill) => setTimeout(kill, killAfterMs).unref());
    } catch (error) {
      if (!(error instanceof EndedEarly)) throw error;
      this.#killsAtStart += 1;
      return this.#start(null);
    }
  }
}
