import { createHmac } from 'node:crypto';
import { createSwitch, type SwitchedOff } from './hook-switch.ts';

/** One webhook, with what became of it. */
export interface Delivery {
  /** The same for every try. */
  readonly id: string;
  /** `Merge Request Hook`. */
  readonly event: string;
  readonly body: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The receiver's answers, one for each time it was sent; 0 when none came. */
  readonly statuses: number[];
}

/** One try of a delivery, as GitLab's log of events keeps it. */
export interface Attempt {
  readonly id: number;
  readonly delivery: Delivery;
  readonly at: Date;
  /** What was answered; null when nothing was. */
  readonly status: number | null;
}

/** What to do with a delivery when it arises. */
export type DeliveryPlan = 'send' | 'twice' | 'lose' | 'hold';

/** How webhooks prove where they come from. */
export interface HookSecrets {
  /** Secret token, sent as it is. */
  readonly token?: string;
  /** Signing token, `whsec_...`. */
  readonly signing?: string;
}

/** What of a webhook people tick in its settings. */
export interface HookSettings {
  readonly push_events: boolean;
  readonly merge_requests_events: boolean;
  readonly note_events: boolean;
  readonly enable_ssl_verification: boolean;
}

/** Sends webhooks, and misbehaves on request as a real network does. */
export interface Hooks {
  /** Every delivery there was, sent or not. */
  readonly deliveries: readonly Delivery[];
  /** Every try, lost ones among them, oldest first. */
  readonly attempts: readonly Attempt[];
  /** Whether the webhook is switched off for having failed too often, and how it is told. */
  readonly switchedOff: SwitchedOff;
  /** Where deliveries go; null before there is a webhook. */
  readonly url: string | null;
  /** As the API shows them; what is sent does not heed them. */
  readonly settings: HookSettings;
  set(changes: Partial<HookSettings>): void;
  /** What deliveries carry from now on. */
  secure(secrets: HookSecrets): void;
  /** Where to send from now on; null: nowhere. */
  deliverTo(url: string | null): void;
  /** What happens to each new delivery; `send` until told otherwise. */
  plan(choose: (delivery: Delivery) => DeliveryPlan): void;
  emit(event: string, payload: object): Promise<void>;
  /** Sends what was held back, newest first: out of order. */
  release(): Promise<void>;
  redeliver(id: string): Promise<void>;
  /** Sends something even where the webhook is switched off; the answer switches it on again. */
  probe(event: string, payload: object): Promise<number>;
}

/** Milliseconds a receiver has. */
const DEADLINE = 10_000;

const timesSent: Readonly<Record<DeliveryPlan, number>> = { send: 1, twice: 2, lose: 0, hold: 0 };

const allTicked = {
  push_events: true,
  merge_requests_events: true,
  note_events: true,
  enable_ssl_verification: true,
} as const;

/** Hooks that deliver nowhere yet. */
export function createHooks(clock: Timing): Hooks {
  const line = createLine(clock);
  const held: Delivery[] = [];
  let settings: HookSettings = allTicked;
  let choose: (delivery: Delivery) => DeliveryPlan = () => 'send';
  const emit = async (event: string, payload: object): Promise<void> => {
    if (line.switchedOff.status !== 'executable') return;
    const delivery = line.create(event, payload);
    const plan = choose(delivery);
    if (plan === 'lose') line.note(delivery, 0);
    if (plan === 'hold') held.push(delivery);
    for (let times = timesSent[plan]; times > 0; times -= 1) await line.post(delivery);
  };
  return {
    deliveries: line.deliveries,
    attempts: line.attempts,
    switchedOff: line.switchedOff,
    get settings() {
      return settings;
    },
    set: (changes) => {
      settings = { ...settings, ...changes };
    },
    get url() {
      return line.target();
    },
    probe: (event, payload) => line.post(line.create(event, payload)),
    secure: line.secure,
    deliverTo: line.deliverTo,
    plan: (next) => {
      choose = next;
    },
    emit,
    release: async () => {
      for (const delivery of held.splice(0).toReversed()) await line.post(delivery);
    },
    redeliver: async (id) => {
      const delivery = line.deliveries.find((entry) => entry.id === id);
      if (delivery === undefined) throw new Error(`there was no delivery ${id}`);
      await line.post(delivery);
    },
  };
}

interface Timing {
  readonly nextId: () => number;
  readonly now: () => Date;
}

/** The way to the receiver, with the log of what went over it. */
function createLine(clock: Timing) {
  const deliveries: Delivery[] = [];
  const attempts: Attempt[] = [];
  const switchedOff = createSwitch(clock.now);
  let target: string | null = null;
  let secrets: HookSecrets = {};
  const note = (delivery: Delivery, status: number): void => {
    attempts.push({ id: clock.nextId(), delivery, at: clock.now(), status: status === 0 ? null : status });
    switchedOff.heard(status);
  };
  return {
    deliveries,
    attempts,
    switchedOff,
    note,
    target: () => target,
    secure: (given: HookSecrets) => {
      secrets = given;
    },
    deliverTo: (url: string | null) => {
      target = url;
    },
    create: (event: string, payload: object): Delivery => {
      const delivery = createDelivery({ event, payload, secrets, id: uuid(clock.nextId()), at: clock.now() });
      deliveries.push(delivery);
      return delivery;
    },
    post: async (delivery: Delivery): Promise<number> => {
      if (target === null) return 0;
      const status = await send(target, delivery);
      delivery.statuses.push(status);
      note(delivery, status);
      return status;
    },
  };
}

function uuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

function createDelivery(spec: {
  readonly event: string;
  readonly payload: object;
  readonly secrets: HookSecrets;
  readonly id: string;
  readonly at: Date;
}): Delivery {
  const { event, secrets, id, at } = spec;
  const body = JSON.stringify(spec.payload);
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'GitLab/18.6.0-pretend',
    'x-gitlab-event': event,
    'x-gitlab-instance': 'http://gitlab.test',
    'idempotency-key': id,
    ...(secrets.token === undefined ? {} : { 'x-gitlab-token': secrets.token }),
    ...(secrets.signing === undefined ? {} : sign({ id, body, signing: secrets.signing, at })),
  };
  return { id, event, body, headers, statuses: [] };
}

function sign(spec: { readonly id: string; readonly body: string; readonly signing: string; readonly at: Date }) {
  const timestamp = String(Math.floor(spec.at.getTime() / 1000));
  const key = Buffer.from(spec.signing.slice('whsec_'.length), 'base64');
  const mac = createHmac('sha256', key).update(`${spec.id}.${timestamp}.${spec.body}`).digest('base64');
  return { 'webhook-id': spec.id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${mac}` };
}

async function send(url: string, delivery: Delivery): Promise<number> {
  const { body, headers } = delivery;
  try {
    const answer = await fetch(url, { method: 'POST', body, headers, signal: AbortSignal.timeout(DEADLINE) });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    // No receiver, or too slow: GitLab notes it.
    return 0;
  }
}
