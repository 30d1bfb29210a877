/** Why a watch ended: the caller gave up, or the time was over. */
export type StopReason = 'aborted' | 'overrun';

/** How long something may take. */
export interface Limits {
  readonly signal: AbortSignal;
  /** Milliseconds from now. */
  readonly deadlineMs: number;
}

/** Calls `onStop` once, when the signal aborts or the time is over. Gives the function that ends the watch. */
export function watchDeadline(limits: Limits, onStop: (reason: StopReason) => void): () => void {
  const { signal, deadlineMs } = limits;
  const stop = (reason: StopReason) => {
    disarm();
    onStop(reason);
  };
  const onAbort = () => stop('aborted');
  const timer = setTimeout(() => stop('overrun'), deadlineMs);
  const disarm = () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) queueMicrotask(onAbort);
  return disarm;
}
