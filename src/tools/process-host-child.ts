import { type ErrorFacts, FairleadError, factsOf } from '../model/error.ts';
import { runProcess } from './process.ts';
import type { HostReply, HostRequest } from './process-host.ts';

/** The host's own process: runs what it is told, and ends with its parent. */
const running = new Map<number, AbortController>();

process.on('message', (request: HostRequest) => {
  if (request.kind === 'stop') running.get(request.id)?.abort();
  else void answer(request);
});

// The parent closed the channel or died: nothing may outlive it.
process.on('disconnect', () => {
  for (const controller of running.values()) controller.abort();
  if (running.size === 0) process.exit();
});

// Signals are for the parent; a terminal sends them to the whole group.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

async function answer({ id, spec }: Extract<HostRequest, { kind: 'run' }>): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  const reply = await runProcess({ ...spec, signal: controller.signal })
    .then((result): HostReply => ({ id, result }))
    .catch((fault: unknown): HostReply => ({ id, error: tellable(fault) }));
  running.delete(id);
  if (process.connected) process.send?.(reply);
  else if (running.size === 0) process.exit();
}

function tellable(fault: unknown): ErrorFacts {
  if (fault instanceof FairleadError) return factsOf(fault);
  return { code: 'command-stopped', message: String(fault), subject: 'process', remedy: 'Try again.' };
}
