import type { IncomingHttpHeaders } from 'node:http';
import type { Answer } from './answer.ts';
import type { BodyOutcome } from './body.ts';

/** A request that is no webhook, as far as it was read. */
export interface Asked {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** As `readBody`; at most once. */
  readBody(limit: number): Promise<BodyOutcome>;
}

/** Answers requests that are no webhooks; null where nobody is left to answer. `isDraining`: the server takes nothing new. */
export type AnswerOthers = (asked: Asked, isDraining: boolean) => Promise<Answer | null>;
