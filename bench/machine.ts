import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** What the figures were measured on, in one line. */
export function machineText(): string {
  const gib = Math.round(totalmem() / 1024 ** 3);
  const model = cpus()[0]?.model.trim() ?? '';
  const processor = model === '' || model === 'unknown' ? '' : ` (${model})`;
  return `${coresText()}${processor}, ${gib} GiB, Node ${process.versions.node}, ${process.platform} ${process.arch}`;
}

/** `2 cores`. */
export function coresText(): string {
  const cores = availableParallelism();
  return `${cores} core${cores === 1 ? '' : 's'}`;
}

/** Load averages over 1 and 5 minutes. */
export function loadText(): string {
  return loadavg()
    .slice(0, 2)
    .map((load) => load.toFixed(1))
    .join(', ');
}

/** Why figures measured from now on are not to be trusted, or null. To be asked before the benches make load themselves. */
export function loadWarning(): string | null {
  const [load = 0] = loadavg();
  if (load <= 1.5 * availableParallelism()) return null;
  return `WARNING: the load average is ${load.toFixed(1)} on ${coresText()}: other work is running, do not trust these figures.`;
}

/** Says that the kernel shares the processors between sessions, whatever the priority of their processes; null where it does not. */
export async function sessionsNote(): Promise<string | null> {
  const isOn = await readFile('/proc/sys/kernel/sched_autogroup_enabled', 'utf8').catch(() => '0');
  if (isOn.trim() !== '1') return null;
  return 'NOTE: kernel.sched_autogroup_enabled is 1: the answers to webhooks come later than they need (docs/benchmarks.md, "serve").';
}
