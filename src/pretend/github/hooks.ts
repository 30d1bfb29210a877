import { createHmac } from 'node:crypto';

/** One webhook, with what became of it. */
export interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly payload: string;
  /** The receiver's answers, one for each time it was sent; 0 when none came. */
  readonly statuses: number[];
}

/** What to do with a delivery when it arises. */
export type DeliveryPlan = 'send' | 'twice' | 'lose' | 'hold';

/** Sends signed webhooks, and misbehaves on request as a real network does. */
export interface Hooks {
  /** Every delivery there was, sent or not. */
  readonly deliveries: readonly Delivery[];
  /** Where to send from now on, signed by the secret. */
  deliverTo(url: string, secret: string): void;
  /** What happens to each new delivery; `send` until told otherwise. */
  plan(choose: (delivery: Delivery) => DeliveryPlan): void;
  emit(event: string, payload: object): Promise<void>;
  /** Sends what was held back, newest first: out of order. */
  release(): Promise<void>;
  redeliver(id: string): Promise<void>;
}

/** Milliseconds a receiver has, as GitHub gives it. */
const DEADLINE = 10_000;

/** Hooks that deliver nowhere yet. */
export function createHooks(nextId: () => number): Hooks {
  const deliveries: Delivery[] = [];
  const held: Delivery[] = [];
  let target: { url: string; secret: string } | null = null;
  let choose: (delivery: Delivery) => DeliveryPlan = () => 'send';
  const post = async (delivery: Delivery) => {
    if (target !== null) delivery.statuses.push(await send(target, delivery));
  };
  return {
    deliveries,
    deliverTo: (url, secret) => {
      target = { url, secret };
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
      if (plan === 'send' || plan === 'twice') await post(delivery);
      if (plan === 'twice') await post(delivery);
    },
    release: async () => {
      for (const delivery of held.splice(0).toReversed()) await post(delivery);
    },
    redeliver: async (id) => {
      const delivery = deliveries.find((entry) => entry.id === id);
      if (delivery === undefined) throw new Error(`there was no delivery ${id}`);
      await post(delivery);
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
