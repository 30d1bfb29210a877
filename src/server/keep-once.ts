import type { RawDelivery } from '../world/forge/receiver.ts';
import { type IntakeTools, keepDelivery } from './intake.ts';

/**
 * Keeps a webhook as `keepDelivery` does. One that comes under the id of another and says something else changes nothing, and is
 * told: forges send the same again under an id, so somebody who has a secret made this one.
 */
export async function keepOnce(
  forge: string,
  delivery: RawDelivery & { readonly id: string; readonly event: string },
  tools: IntakeTools,
): Promise<boolean> {
  const isNew = await keepDelivery(forge, delivery, tools);
  if (!isNew) await compareWithFirst(forge, delivery, tools);
  return isNew;
}

async function compareWithFirst(
  forge: string,
  { id, event, body }: Parameters<typeof keepOnce>[1],
  { store, logger }: IntakeTools,
): Promise<void> {
  const first = await store.deliveries.get(forge, id);
  if (first === null || Buffer.from(first.body).equals(body)) return;
  const facts = { forge, delivery: id, event, firstAt: first.receivedAt.toISOString() };
  logger.warn(facts, 'webhook with another body under a known id, dropped: check who has the webhook secret');
}
