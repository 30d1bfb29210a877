import { FairleadError } from '../../model/error.ts';
import type { Evidence } from '../../model/health.ts';
import type { ResourceId } from '../../model/resource.ts';
import type { Cluster } from '../../world/cluster/cluster.ts';
import { clean, cleanLines } from './text.ts';

export interface LogOptions {
  readonly cluster: Cluster;
  readonly redact: (text: string) => string;
  /** Lines kept of a container's log. */
  readonly logLines: number;
}

export type LogTail = Pick<Evidence, 'logs' | 'logsMissing'>;

/** A log is only an explanation: nobody waits longer for it. Milliseconds. */
const patienceMs = 5000;

/** The last lines of a container's log, masked, or why there are none. Never throws for a log that cannot be read. */
export async function logTail(
  options: LogOptions,
  { id, container }: { readonly id: ResourceId; readonly container: string },
  signal: AbortSignal,
): Promise<LogTail> {
  const patience = AbortSignal.timeout(patienceMs);
  try {
    const all = await options.cluster.podLogs(id, options.logLines, AbortSignal.any([signal, patience]));
    // Masked before it is cut: a secret may stand on several lines.
    const lines = cleanLines(all.get(container) ?? '', options.redact).slice(-options.logLines);
    return lines.length > 0
      ? { logs: lines, logsMissing: null }
      : { logs: null, logsMissing: 'the container wrote nothing' };
  } catch (cause) {
    signal.throwIfAborted();
    if (patience.aborted) return { logs: null, logsMissing: `the log did not come within ${patienceMs / 1000} s` };
    if (!(cause instanceof FairleadError)) throw cause;
    return { logs: null, logsMissing: `the log could not be read: ${clean(cause.message, options.redact)}` };
  }
}
