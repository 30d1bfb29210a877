import { isJsonObject } from '../../model/json.ts';
import type { Forge, MissedDelivery } from '../../world/forge/forge.ts';
import type { ResyncTools } from './tools.ts';

/** How far forges look back for webhooks to be sent again, in milliseconds: three days. */
const window = 3 * 24 * 3_600_000;

/** Webhooks asked for in one look. */
const mostAsked = 100;

/** Times one is asked for: what failed so often would fail again. */
const mostTimes = 5;

/**
 * Asks the forge to send again what it could not bring and we never got. What was missed before the store began is left alone: after
 * the loss of a store nobody knows any more whether it was obeyed. What was asked for is remembered: it is asked for again
 * only where it failed again, each time after twice as long, and a few times at most. Gives how many were asked for.
 */
export async function askForMissed(forge: Forge, tools: ResyncTools): Promise<number> {
  const since = new Date(tools.now().getTime() - window);
  const listed = await forge.missedDeliveries(since);
  const began = `redeliver:${forge.name}`;
  if ((await tools.store.outbox.outcome(began)) === null) {
    for (const missed of listed) await noteAsked(missed, { forge, count: mostTimes }, tools);
    await tools.store.outbox.begin({ key: began, operation: 'redeliver', subject: forge.name });
    await tools.store.outbox.finish(began, { at: tools.now().getTime() });
    return 0;
  }
  let asked = 0;
  for (const missed of listed) {
    if (asked >= mostAsked) break;
    if (await ask(missed, forge, tools)) asked += 1;
  }
  return asked;
}

async function ask(missed: MissedDelivery, forge: Forge, tools: ResyncTools): Promise<boolean> {
  const { store, now, poll } = tools;
  // The answer to it was lost, not the webhook.
  if ((await store.deliveries.get(forge.name, missed.id)) !== null) return false;
  const before = await store.outbox.outcome(keyOf(forge, missed));
  const { times, at } = isJsonObject(before) ? before : { times: 0, at: 0 };
  const [count, last] = [Number(times), Number(at)];
  if (count >= mostTimes || (count > 0 && now().getTime() - last < poll * 2 ** (count - 1))) return false;
  await forge.redeliver(missed);
  await noteAsked(missed, { forge, count: count + 1 }, tools);
  return true;
}

function keyOf(forge: Forge, { id }: MissedDelivery): string {
  return `redeliver:${forge.name}:${id}`;
}

async function noteAsked(
  missed: MissedDelivery,
  { forge, count }: { readonly forge: Forge; readonly count: number },
  { store, now }: ResyncTools,
): Promise<void> {
  const key = keyOf(forge, missed);
  await store.outbox.begin({ key, operation: 'redeliver', subject: `${forge.name} ${missed.event}` });
  await store.outbox.finish(key, { times: count, at: now().getTime() });
}
