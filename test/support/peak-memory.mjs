/** Loaded into a program under test: appends the most memory it held, in KiB, to the file PEAK_MEMORY when it ends. */
import { appendFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  process.on('exit', () => appendFileSync(process.env.PEAK_MEMORY, `${process.resourceUsage().maxRSS}\n`));
}
