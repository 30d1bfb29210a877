import { createHmac, timingSafeEqual } from 'node:crypto';
import type { RawDelivery, Receiver } from '../receiver.ts';

/** Checks GitHub's webhooks, without a word of what they say. Several secrets may be active, so that one can be exchanged without a gap. */
export function createAuthenticator(secrets: readonly string[]): Receiver['authenticate'] {
  return (delivery) => authenticate(delivery, secrets);
}

function authenticate(delivery: RawDelivery, secrets: readonly string[]): ReturnType<Receiver['authenticate']> {
  const { headers, body } = delivery;
  const id = headers['x-github-delivery'] ?? '';
  const event = headers['x-github-event'] ?? '';
  const signature = headers['x-hub-signature-256'];
  if (id === '' || event === '')
    return { ok: false, status: 400, reason: 'X-GitHub-Delivery or X-GitHub-Event is missing' };
  if (signature === undefined) return { ok: false, status: 401, reason: 'X-Hub-Signature-256 is missing' };
  if (!isSigned(body, signature, secrets)) return { ok: false, status: 401, reason: 'the signature does not match' };
  return { ok: true, id, event };
}

/** Compares with every secret to the end, so that the time taken tells neither where a guess fails nor which secret fits. */
function isSigned(body: Uint8Array, signature: string, secrets: readonly string[]): boolean {
  const given = Buffer.from(signature);
  let matches = 0;
  for (const secret of secrets) {
    const expected = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
    const comparable = given.length === expected.length ? given : Buffer.alloc(expected.length);
    matches += timingSafeEqual(comparable, expected) ? 1 : 0;
  }
  return matches > 0;
}
