import type { Receiver } from '../receiver.ts';
import { readEvents } from './events.ts';
import { createAuthenticator } from './signature.ts';

/** Checks and reads GitHub's webhooks. */
export function createReceiver(secrets: readonly string[], forge = 'github'): Receiver {
  return {
    authenticate: createAuthenticator(secrets),
    normalise: (delivery) => readEvents(delivery).map((event) => ({ ...event, repo: { ...event.repo, forge } })),
  };
}
