import { pino } from 'pino';
import { workResync } from '../../../src/features/resync/serve.ts';
import { nothingLooked } from '../../../src/features/resync/tools.ts';
import { workReviews } from '../../../src/features/review/serve.ts';
import { resyncJob } from '../../../src/model/queued.ts';
import { workIntake } from '../../../src/server/intake.ts';
import { createKeeper } from '../../../src/server/keep.ts';
import { lightPullTools } from '../../support/light-reviews.ts';
import { type CallFate, createModelForge, type ModelDelivery, type ModelForge } from './model-forge.ts';
import { type Life, openSimStore, type SimProcess, type SimStore } from './sim-store.ts';
import { type Step, window } from './steps.ts';

/** Whether the bot looks around by itself for what webhooks did not tell, as it does after each start and now and then. */
export type Look = 'looks around' | 'is blind';

/** What a schedule came to. */
export interface Ending {
  /** What is wrong, one line each. */
  readonly wrong: readonly string[];
  readonly crashes: number;
  readonly delivered: number;
}

/** Plays a schedule to its end, lets everything come to rest, and says what is wrong then. */
export async function simulate(schedule: readonly Step[], look: Look): Promise<Ending> {
  const { now } = performance;
  // How long commits wait for each other would depend on the machine.
  performance.now = () => 0;
  try {
    return await play(schedule, look);
  } finally {
    performance.now = now;
  }
}

async function play(schedule: readonly Step[], look: Look): Promise<Ending> {
  const { store, schedules } = await stores.take();
  const simulation = new Simulation(store, look, schedules);
  for (const step of schedule) await simulation.take(step);
  const ending = await simulation.rest();
  if (ending.wrong.length > 0) stores.discard();
  return ending;
}

/** Schedules on one store. What they leave slows it down. */
const schedulesOnOne = 50;

/** A store that many schedules use one after another; a failing one leaves what would disturb the next. */
const stores = {
  current: null as { readonly store: SimStore; schedules: number } | null,
  take: async () => {
    if (stores.current !== null && stores.current.schedules >= schedulesOnOne) stores.discard();
    stores.current ??= { store: await openSimStore(), schedules: 0 };
    stores.current.schedules += 1;
    return stores.current;
  },
  discard: () => {
    stores.current?.store.close();
    stores.current = null;
  },
};

const quiet = pino({ level: 'silent' });

interface WaitingCall {
  readonly life: Incarnation;
  answer(fate: CallFate): void;
}

/** One life of the bot's process: it ends at one of its own statements or calls. */
class Incarnation implements Life {
  #isOver = false;
  #left = Number.POSITIVE_INFINITY;

  isOver(): boolean {
    return this.#isOver;
  }

  dieAfter(steps: number): void {
    this.#left = Math.min(this.#left, steps);
  }

  end(): void {
    this.#isOver = true;
  }

  step(): void {
    this.#left -= 1;
    if (this.#left < 0) this.#isOver = true;
  }
}

interface LivingBot extends SimProcess {
  readonly keep: ReturnType<typeof createKeeper>;
}

class Simulation {
  readonly #store: SimStore;
  readonly #look: Look;
  readonly #forge: ModelForge;
  /** On their way to the bot, oldest first. */
  readonly #deliveries: ModelDelivery[] = [];
  readonly #acked = new Set<string>();
  readonly #faults: string[] = [];
  #calls: WaitingCall[] = [];
  #now = Date.parse('2026-01-01T00:00:00Z');
  #life = new Incarnation();
  #isBuried = false;
  #bot: LivingBot;
  #crashes = 0;
  #delivered = 0;

  constructor(store: SimStore, look: Look, id: number) {
    this.#store = store;
    this.#forge = createModelForge(id, () => this.#now);
    this.#look = look;
    this.#bot = this.#start();
  }

  async take(step: Step): Promise<void> {
    this.#do(step);
    await settled();
    if (this.#life.isOver()) this.#bury();
  }

  #do(step: Step): unknown {
    switch (step.kind) {
      case 'act': {
        const times = { once: 1, twice: 2, lost: 0 }[step.fate];
        const hooks = this.#forge.act(step.action);
        return this.#deliveries.push(...Array.from({ length: times }, () => hooks).flat());
      }
      case 'deliver':
        return this.#deliver(step.pick);
      case 'answer':
        return this.#calls.splice(step.pick % Math.max(1, this.#calls.length), 1)[0]?.answer(step.fate);
      case 'pass':
        return this.#pass(step.milliseconds);
      case 'die':
        return this.#life.dieAfter(step.after);
      case 'start':
        return this.#startAgain();
      case 'resync':
        return this.#lookAround();
      default:
        return step satisfies never;
    }
  }

  #start(): LivingBot {
    const life = this.#life;
    const now = (): Date => new Date(this.#now);
    const { store, queue } = this.#store.connect(life, now);
    const forge = this.#forge.serve((call) => this.#gate(life, call));
    const tools = { store, queue, forge: () => forge, now, moved: () => undefined, logger: quiet };
    workIntake(queue, tools);
    const baseHead = async (): Promise<string> => this.#forge.baseHead();
    const pullTools = lightPullTools({ forge, store, now, baseHead, pause: async () => undefined });
    const looks = { poll: 60_000, looked: nothingLooked(), onTrouble: () => undefined, settings: pullTools.settings };
    workResync(queue, { ...tools, ...looks });
    workReviews(queue, pullTools, () => undefined);
    for (const kind of ['merged', 'sweep', 'ended'] as const) queue.work(kind, async () => undefined);
    queue.start();
    return { store, queue, keep: createKeeper('github', tools) };
  }

  #startAgain(): void {
    if (!this.#life.isOver()) return;
    this.#life = new Incarnation();
    this.#isBuried = false;
    this.#bot = this.#start();
    this.#lookAround();
  }

  /** A call of the bot: it waits until the schedule carries it out. */
  #gate(life: Incarnation, _call: string): Promise<CallFate> {
    if (!life.isOver()) life.step();
    if (life.isOver()) return new Promise(() => undefined);
    return new Promise((resolve) => {
      this.#calls.push({ life, answer: resolve });
    });
  }

  /** What a process that died leaves: calls that were sent are carried out all the same, and nobody hears the answer. */
  #bury(): void {
    const own = this.#calls.filter(({ life }) => life === this.#life);
    if (own.length === 0 && this.#isBuried) return;
    this.#calls = this.#calls.filter(({ life }) => life !== this.#life);
    for (const [at, call] of own.entries()) if (at % 2 === 0) call.answer('answered');
    if (!this.#isBuried) this.#crashes += 1;
    this.#isBuried = true;
    this.#store.crashed();
  }

  #deliver(pick: number): void {
    const [delivery] = this.#deliveries.splice(pick % Math.min(window, Math.max(1, this.#deliveries.length)), 1);
    // A forge does not send again what nobody took.
    if (delivery === undefined || this.#life.isOver()) return;
    const forge = this.#forge.serve(async () => 'answered');
    const sender = forge.receiver.authenticate(delivery);
    if (!sender.ok) throw new Error(`the model signed badly: ${sender.reason}`);
    const kept = this.#bot.keep({ ...delivery, ...sender }).then(() => {
      this.#acked.add(delivery.id);
      this.#delivered += 1;
    });
    kept.catch((error: unknown) => this.#faults.push(`a webhook was not kept: ${String(error)}`));
  }

  #pass(milliseconds: number): void {
    this.#now += milliseconds;
    // Telling it of a handler makes the queue look at the clock; its own timer is the real one's.
    this.#bot.queue.work('sweep', async () => undefined);
  }

  #lookAround(): void {
    if (this.#life.isOver() || this.#look === 'is blind') return;
    const { job, ...options } = resyncJob(this.#forge.repo);
    this.#bot.queue.add(null, job, options).catch((error: unknown) => this.#faults.push(`no look: ${String(error)}`));
  }

  /** Everything that is on its way arrives, the bot runs and looks around once more, and its work comes to an end. */
  async rest(): Promise<Ending> {
    await this.take({ kind: 'start' });
    while (this.#deliveries.length > 0) await this.take({ kind: 'deliver', pick: 0 });
    await this.take({ kind: 'start' });
    this.#calm();
    await this.take({ kind: 'resync' });
    const wrong = (await this.#finish())
      ? [...this.#faults, ...this.#forge.wrong(), ...(await this.#lost())]
      : ['it does not come to rest'];
    // The next schedule may use the store.
    this.#life.end();
    return { wrong, crashes: this.#crashes, delivered: this.#delivered };
  }

  /** A death that was to come is called off. */
  #calm(): void {
    this.#life.dieAfter = () => undefined;
    this.#life.step = () => undefined;
  }

  async #finish(): Promise<boolean> {
    for (let turn = 0; turn < 5_000; turn += 1) {
      if (this.#calls.length > 0) await this.take({ kind: 'answer', pick: 0, fate: 'answered' });
      else if ((await this.#bot.queue.size()) === 0) return true;
      else await this.take({ kind: 'pass', milliseconds: 60_000 });
    }
    return false;
  }

  async #lost(): Promise<readonly string[]> {
    const lost: string[] = [];
    for (const id of this.#acked) {
      const kept = await this.#bot.store.deliveries.get('github', id);
      if (kept === null || kept.state === 'received' || kept.state === 'apart')
        lost.push(`${id} was acknowledged and is ${kept?.state ?? 'lost'}`);
    }
    return lost;
  }
}

/** All that can go on without the schedule has: nothing in a simulation waits for anything but promises. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
