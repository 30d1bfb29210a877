import type { JsonObject } from '../../model/json.ts';

/** One question to Argo CD, and how to speak of it. */
export interface Question {
  readonly method: 'GET' | 'POST';
  /** Beginning with `/api`. */
  readonly path: string;
  readonly body?: JsonObject;
  /** What it could not do, as a verb: `render the Application web`. */
  readonly doing: string;
  /** What the policy of Argo CD must allow: resource, action, object; null: nothing. */
  readonly right: string | null;
}

/** An answer, whatever it says. */
export interface Exchange {
  readonly status: number;
  readonly text: string;
  /** Where it redirects to, or null. */
  readonly location: string | null;
}
