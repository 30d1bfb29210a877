import type { Guard } from '../calls/guard.ts';
import type { Client } from './access.ts';
import type { ErrorContext } from './errors.ts';
import { type Clock, createSender, type Pace } from './sender.ts';

/** What talking to a server takes. */
export interface ClientOptions {
  /** `https://gitlab.example`, without a slash at the end. */
  readonly url: string;
  readonly token: () => Promise<string>;
  readonly pace: Pace;
  readonly clock: Clock;
  readonly errors: ErrorContext;
  /** Keeps within limits. */
  readonly guard: Omit<Guard, 'figure'>;
}

/** Loads Gitbeaker and gives it a sender of our own. */
export async function openClient(options: ClientOptions): Promise<Client> {
  const [{ Gitlab }, { createRequesterFn }] = await Promise.all([
    import('@gitbeaker/rest'),
    import('@gitbeaker/requester-utils'),
  ]);
  return new Gitlab({
    host: options.url,
    // A bearer header, which access tokens of every kind may use.
    oauthToken: options.token,
    // Deadlines and limits are the sender's.
    queryTimeout: null,
    rateLimits: {},
    requesterFn: createRequesterFn((_service, request) => Promise.resolve(request), createSender(options)),
  });
}
