/** What an error carries. Messages never hold a secret. */
export interface ErrorFacts {
  /** Stable, kebab-case, such as `unknown-context`. */
  readonly code: string;
  /** What happened, as one sentence, naming the subject. */
  readonly message: string;
  /** What it happened to: file:line, cluster, URL, option. */
  readonly subject: string;
  /** What to do next. */
  readonly remedy: string;
  readonly cause?: unknown;
}

/** Something that broke: a code, a sentence, a subject and a remedy. What users cause is a Finding instead. */
export class FairleadError extends Error {
  readonly code: string;
  readonly subject: string;
  readonly remedy: string;

  constructor(facts: ErrorFacts) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = 'FairleadError';
    this.code = facts.code;
    this.subject = facts.subject;
    this.remedy = facts.remedy;
  }
}

/** What of an error can cross to another thread or process. */
export function factsOf({ code, message, subject, remedy }: FairleadError): ErrorFacts {
  return { code, message, subject, remedy };
}

/** The outcome of a call across a border (a cluster's or a forge's API). */
export type BorderCode =
  | 'not-found'
  | 'forbidden'
  | 'conflict'
  | 'limited'
  | 'too-large'
  | 'invalid'
  | 'unavailable'
  | 'unauthorized';

/** A failed call to a cluster or forge, in domain terms. */
export class BorderError extends FairleadError {
  readonly kind: BorderCode;
  /** When to try again; only for `limited` and, where the server says so, `unavailable`. */
  readonly retryAt: Date | null;
  /** HTTP status, or 0 when no answer came. */
  readonly status: number;

  constructor(
    facts: ErrorFacts & { readonly kind: BorderCode; readonly status: number; readonly retryAt?: Date | null },
  ) {
    super(facts);
    this.name = 'BorderError';
    this.kind = facts.kind;
    this.status = facts.status;
    this.retryAt = facts.retryAt ?? null;
  }
}
