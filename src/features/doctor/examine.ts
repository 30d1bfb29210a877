import { BorderError, FairleadError } from '../../model/error.ts';
import { type Diagnosis, type Probe, teller } from './diagnosis.ts';

/** Milliseconds one probe may take. */
const deadlineMs = 15_000;

/** Looks at everything at once. One sick thing hides no other, and none takes longer than its deadline. Never throws. */
export async function examine(
  probes: readonly Probe[],
  signal: AbortSignal,
  deadline = deadlineMs,
): Promise<readonly Diagnosis[]> {
  const all = await Promise.all(probes.map((probe) => lookAt(probe, signal, deadline)));
  return all.flat();
}

async function lookAt(probe: Probe, signal: AbortSignal, deadline: number): Promise<readonly Diagnosis[]> {
  const until = AbortSignal.any([signal, AbortSignal.timeout(deadline)]);
  const over = Promise.withResolvers<never>();
  until.addEventListener('abort', () => over.reject(until.reason), { once: true });
  try {
    return await Promise.race([probe.look(until), over.promise]);
  } catch (error) {
    const { fault, unknown } = teller(probe.area, probe.check);
    signal.throwIfAborted();
    if (until.aborted) {
      const says = `no answer within ${deadline / 1000} s`;
      return [fault(says, 'Check that it is up and reachable from here.', { kind: 'unreachable' })];
    }
    if (error instanceof FairleadError) return [fault(error.message, error.remedy, { kind: kindOf(error) })];
    // An error of a library may quote what it was given: its name is enough.
    return [
      unknown(`the check itself failed (${error instanceof Error ? error.name : 'unknown'})`, 'Please report it.'),
    ];
  } finally {
    over.promise.catch(() => undefined);
  }
}

function kindOf(error: FairleadError): 'wrong' | 'forbidden' | 'unreachable' {
  if (!(error instanceof BorderError)) return 'wrong';
  if (error.kind === 'forbidden' || error.kind === 'unauthorized') return 'forbidden';
  return error.kind === 'unavailable' || error.kind === 'limited' ? 'unreachable' : 'wrong';
}
