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
