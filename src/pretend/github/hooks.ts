import { createHmac } from 'node:crypto';

/** One webhook, with what became of it. */
export interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly payload: string;
  /** The receiver's answers, one for each time it was sent; 0 when none came. */
  readonly statuses: number[];
}

/** One try of a delivery, as the app's log of deliveries keeps it. */
export interface Attempt {
  readonly id: number;
  readonly delivery: Delivery;
  readonly at: Date;
  /** HTTP status of the receiver's answer; 502 when none came, as GitHub writes it down. */
  readonly status: number;
  readonly isRedelivery: boolean;
}

/** What to do with a delivery when it arises. */
export type DeliveryPlan = 'send' | 'twice' | 'lose' | 'hold';

/** Sends signed webhooks, and misbehaves on request as a real network does. */
export interface Hooks {
  /** Every delivery there was, sent or not. */
  readonly deliveries: readonly Delivery[];
  /** Every try, lost ones among them, oldest first. */
  readonly attempts: readonly Attempt[];
  /** Where to send from now on, signed by the secret; null: nowhere. */
  deliverTo(url: string | null, secret: string): void;
  /** What happens to each new delivery; `send` until told otherwise. */
  plan(choose: (delivery: Delivery) => DeliveryPlan): void;
  emit(event: string, payload: object): Promise<void>;
  /** Sends what was held back, newest first: out of order. */
  release(): Promise<void>;
  redeliver(id: string): Promise<void>;
}

/** Milliseconds a receiver has, as GitHub gives it. */
const DEADLINE = 10_000;

/** What GitHub writes down when no answer came. */
const NO_ANSWER = 502;

/** Hooks that deliver nowhere yet. */
export function createHooks({ nextId, now }: { readonly nextId: () => number; readonly now: () => Date }): Hooks {
  const deliveries: Delivery[] = [];
  const attempts: Attempt[] = [];
  const held: Delivery[] = [];
  let target: { url: string; secret: string } | null = null;
  let choose: (delivery: Delivery) => DeliveryPlan = () => 'send';
  const note = (delivery: Delivery, status: number, isRedelivery = false) => {
    attempts.push({ id: nextId(), delivery, at: now(), status: status === 0 ? NO_ANSWER : status, isRedelivery });
  };
  const post = async (delivery: Delivery, isRedelivery = false) => {
    if (target === null) return;
    const status = await send(target, delivery);
    delivery.statuses.push(status);
    note(delivery, status, isRedelivery);
  };
  return {
    deliveries,
    attempts,
    deliverTo: (url, secret) => {
      target = url === null ? null : { url, secret };
    },
    plan: (next) => {
      choose = next;
    },
    emit: async (event, payload) => {
      const id = `00000000-0000-4000-8000-${String(nextId()).padStart(12, '0')}`;
      const delivery: Delivery = { id, event, payload: JSON.stringify(payload), statuses: [] };
      deliveries.push(delivery);
      const plan = choose(delivery);
      if (plan === 'hold') held.push(delivery);
      if (plan === 'lose') note(delivery, 0);
      if (plan === 'send' || plan === 'twice') await post(delivery);
      if (plan === 'twice') await post(delivery);
    },
    release: async () => {
      for (const delivery of held.splice(0).toReversed()) await post(delivery);
    },
    redeliver: async (id) => {
      const delivery = deliveries.find((entry) => entry.id === id);
      if (delivery === undefined) throw new Error(`there was no delivery ${id}`);
      await post(delivery, true);
    },
  };
}

async function send(target: { url: string; secret: string }, delivery: Delivery): Promise<number> {
  const signature = createHmac('sha256', target.secret).update(delivery.payload).digest('hex');
  try {
    const answer = await fetch(target.url, {
      method: 'POST',
      body: delivery.payload,
      signal: AbortSignal.timeout(DEADLINE),
      headers: {
        'content-type': 'application/json',
        'user-agent': 'GitHub-Hookshot/pretend',
        'x-github-event': delivery.event,
        'x-github-delivery': delivery.id,
        'x-github-hook-installation-target-type': 'integration',
        'x-hub-signature-256': `sha256=${signature}`,
      },
    });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    // No receiver, or too slow: GitHub notes it and does not try again.
    return 0;
  }
}
