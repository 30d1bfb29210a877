import { clip } from './blame.ts';
import { judgeStalled, refuseUntouchable, type StepDecision, type StepFacts, wait } from './decision.ts';
import { isRequestedBy, requestAge } from './request.ts';

/** Milliseconds between looks while a fetch runs. */
const whileFetching = 300;

/**
 * What to do about the source; null when it serves the commit or a later one, and what applies it may be asked. A forge may show
 * the commit late, so a source that has looked in vain is asked again, ever more rarely: after one second to one minute.
 */
export function judgeSource(facts: StepFacts): StepDecision | null {
  const { source, work, notes, standing } = facts;
  const untouchable = refuseUntouchable(source);
  if (untouchable !== null || standing.source !== 'other') return untouchable;
  const isRequested = notes.asked > 0 || isRequestedBy(source, work);
  if (!isRequested) return ask(facts, 'fetches');
  if (!source.isHandled) return wait(source, 'fetches', whileFetching);
  const stalled = judgeStalled(source);
  // Whatever the source cannot do, the commit has not been looked at.
  if (stalled?.kind === 'failed') return { kind: 'refused', reason: stalled.reason };
  return stalled ?? askAgain(facts);
}

function askAgain(facts: StepFacts): StepDecision {
  const { source, work, notes, now } = facts;
  const pause = Math.min(1000 * 2 ** Math.min(Math.max(notes.asked, 1) - 1, 10), 60_000);
  const left = pause - (requestAge(source, work, now) ?? pause);
  const { ready } = source;
  const why =
    ready?.status === 'False'
      ? `cannot fetch: ${clip(ready.message, 300)}`
      : `still sees ${source.revision || 'no revision'}`;
  return left > 0 ? wait(source, why, left) : ask(facts, why);
}

function ask({ source }: StepFacts, note: string): StepDecision {
  return { kind: 'request', object: source, note: `${source.title} ${note}.`, afterMs: whileFetching };
}
