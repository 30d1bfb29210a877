import type { RepoRef } from '../../model/repo.ts';

/** What a forge says of our own account there. */
export interface AccountFacts {
  /** `fairlead[bot]`, or the login of a token. */
  readonly account: string;
  /** The forge's clock; null where it does not tell the time. */
  readonly time: Date | null;
  /** Permission -> level that was granted; null where the forge grants by scopes only. */
  readonly permissions: Readonly<Record<string, string>> | null;
  /** Webhook events it is told of; null where each project says for itself. */
  readonly events: readonly string[] | null;
  /** What of a token is missing or ends soon, a sentence each. */
  readonly complaints: readonly string[];
}

/** A webhook the forge delivered, or tried to. */
export interface DeliveryFacts {
  /** HTTP status it got; 0 when it got no answer. */
  readonly status: number;
  readonly at: Date;
  readonly event: string;
}

/** The webhook as the forge has it. */
export interface HookFacts {
  /** null: it has none. */
  readonly url: string | null;
  readonly checksTls: boolean;
  /** Newest first; null where it may not be read. */
  readonly deliveries: readonly DeliveryFacts[] | null;
}

/** Looks at a forge with our credentials, without changing anything. Everything throws `BorderError`. */
export interface ForgeInspector {
  readonly name: string;
  account(signal: AbortSignal): Promise<AccountFacts>;
  /** null where webhooks belong to projects, not to us. */
  hook(signal: AbortSignal): Promise<HookFacts | null>;
  /** Repositories it lets us see, at most `most`. */
  repositories(most: number, signal: AbortSignal): Promise<readonly RepoRef[]>;
}
