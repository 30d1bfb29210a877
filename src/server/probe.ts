import { within } from '../tools/within.ts';

/** What a look at one part came to. */
export type Look =
  | { readonly kind: 'well' }
  /** `why`: short, for whoever asks the probes: no address, no text of a server. */
  | { readonly kind: 'ill'; readonly why: string };

/** How often and how long a part is looked at, in milliseconds. */
export interface ProbePace {
  /** Of what was seen. */
  readonly freshFor: (seen: Look) => number;
  /** How long an answer is waited for before it counts as none. */
  readonly patience: number;
}

/**
 * A look at one part that is taken at most every so often, never twice at once, and never waited for long: a part that hangs
 * must not hang whoever asks how it is.
 */
export function createProbe(look: () => Promise<Look>, pace: ProbePace): () => Promise<Look> {
  let last: { readonly at: number; readonly seen: Look } | null = null;
  let running: { readonly since: number; readonly work: Promise<Look> } | null = null;
  const begin = (): { readonly since: number; readonly work: Promise<Look> } => {
    const work = look().catch((): Look => ({ kind: 'ill', why: 'it failed' }));
    void work.then((seen) => {
      last = { at: performance.now(), seen };
      running = null;
    });
    return { since: performance.now(), work };
  };
  return async () => {
    if (last !== null && running === null && performance.now() - last.at < pace.freshFor(last.seen)) return last.seen;
    running ??= begin();
    const left = pace.patience - (performance.now() - running.since);
    return (await within(Math.max(0, left), running.work)) ?? unanswered;
  };
}

const unanswered: Look = { kind: 'ill', why: 'it does not answer' };
