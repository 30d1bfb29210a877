import type { RepoRef } from '../../model/repo.ts';
import type { Role } from './forge.ts';

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
  /** Scopes that a token lacks; null where the forge grants no scopes, or does not tell. */
  readonly missingScopes: readonly string[] | null;
  /** What of a token ends soon, a sentence each. */
  readonly complaints: readonly string[];
  /** null where the forge is not a server with versions. */
  readonly version: VersionFacts | null;
}

/** A forge's version, as far as it matters to us. */
export interface VersionFacts {
  /** `18.6.0`. */
  readonly text: string;
  /** The oldest we speak with. */
  readonly oldest: string;
  readonly isTooOld: boolean;
  /** What this version cannot do that newer ones can, a sentence each. */
  readonly lacks: readonly string[];
}

/** A webhook the forge delivered, or tried to. */
export interface DeliveryFacts {
  /** HTTP status it got; 0 when it got no answer. */
  readonly status: number;
  /** null where the forge does not say when. */
  readonly at: Date | null;
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

/** A webhook of one repository that comes to us. */
export interface RepositoryHook extends HookFacts {
  /** Events it is not told of that we need, as the forge's settings name them. */
  readonly missingEvents: readonly string[];
  /** Whether the forge sends nothing any more, for having failed too often. */
  readonly isSwitchedOff: boolean;
}

/** One repository as it is to us, where rights and webhooks belong to repositories. */
export interface RepositoryFacts {
  /** What we may do there. */
  readonly role: Role;
  /** The same in the forge's word: `Developer`. */
  readonly roleName: string;
  /** What the path of our webhooks ends in: `/hooks/gitlab/NAME`. */
  readonly hookPath: string;
  /** null where we may not see them. */
  readonly hooks: readonly RepositoryHook[] | null;
}

/** Looks at a forge with our credentials, without changing anything. Everything throws `BorderError`. */
export interface ForgeInspector {
  readonly name: string;
  account(signal: AbortSignal): Promise<AccountFacts>;
  /** null where webhooks belong to projects, not to us. */
  hook(signal: AbortSignal): Promise<HookFacts | null>;
  /** null where rights and webhooks are the account's, the same for every repository. */
  repository(repo: RepoRef, signal: AbortSignal): Promise<RepositoryFacts | null>;
  /** Repositories it lets us see, at most `most`. */
  repositories(most: number, signal: AbortSignal): Promise<readonly RepoRef[]>;
}
