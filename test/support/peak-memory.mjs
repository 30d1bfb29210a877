/**
 * Loaded into a program under test: appends the most memory it held, in KiB, to the file PEAK_MEMORY when it ends. The kernel's own figure:
 * that of `getrusage` counts what the process that started this one held as well.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const status = '/proc/self/status';

function peak() {
  const found = existsSync(status) ? /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8'))?.[1] : undefined;
  return found ?? process.resourceUsage().maxRSS;
}

if (isMainThread) {
  process.on('exit', () => appendFileSync(process.env.PEAK_MEMORY, `${peak()}\n`));
}
