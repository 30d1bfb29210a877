import { within } from '../tools/within.ts';
import type { RunningServer } from './services.ts';

/** Milliseconds that webhooks are still taken in after a signal, while /readyz says no: balancers look about so often. */
export const lingerMs = 2_000;

/** Milliseconds from a signal until the server is given up, whatever hangs: Kubernetes kills after thirty seconds. */
const stopDeadline = 27_000;

/** Milliseconds that what stands behind the server may take to close after a signal. */
export const closeDeadline = 2_000;

/** Milliseconds a start that is under way may take to come to a place from which it can be stopped. */
const startPatience = 5_000;

/** The server once it listens; null when a signal came before, and what had begun is closed as far as it goes. */
export async function untilListening(
  starting: Promise<RunningServer>,
  signal: AbortSignal,
): Promise<RunningServer | null> {
  const server = await Promise.race([starting, interrupted(signal)]);
  if (server !== null) return server;
  const began = await within(
    startPatience,
    starting.catch(() => null),
  );
  await began?.stop().catch(() => undefined); // the store holds what was not done; nothing else is lost
  return null;
}

/** Stops the server, and does not wait for what does not end: jobs are handed back long before. */
export async function stopInTime(server: RunningServer, tell: (line: string) => void): Promise<void> {
  try {
    const end = await within(
      stopDeadline,
      server.stop().then(() => 'stopped' as const),
    );
    if (end === null) tell('fairlead: something did not close in time; jobs go on with the next start');
  } catch (error) {
    // What cannot be closed any more has the same reason as the end itself, or none that matters now.
    tell(`fairlead: not everything could be closed: ${error instanceof Error ? error.name : typeof error}`);
  }
}

/** Fulfilled with null when a signal comes. */
export async function interrupted(signal: AbortSignal): Promise<null> {
  if (signal.aborted) return null;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  return null;
}
