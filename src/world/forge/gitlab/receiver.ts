import type { Receiver } from '../receiver.ts';
import { readEvents } from './events.ts';
import { type AuthenticatorOptions, createAuthenticator } from './signature.ts';

/** What receiving takes. */
export interface ReceiverOptions extends AuthenticatorOptions {
  /** Name of the forge, for the events. */
  readonly name: string;
}

/** Checks and reads GitLab's webhooks. */
export function createReceiver(options: ReceiverOptions): Receiver {
  return {
    authenticate: createAuthenticator(options),
    normalise: (delivery) => readEvents(delivery, options.name),
  };
}
