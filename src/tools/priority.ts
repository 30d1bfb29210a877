import { readdir, readFile } from 'node:fs/promises';
import { getPriority, setPriority } from 'node:os';

/** How many steps of 19 work that can wait stands behind the threads that answer people and forges; each is a quarter less of the processor. */
const niceness = 10;

/** What V8 calls the threads that compile and clear up for all others of the process. */
const helperName = 'V8Worker';

/**
 * Lets the calling thread give way to the others of the process. Only on Linux has a thread a priority of its own; elsewhere it would
 * be that of the whole process (setpriority(2), "C library/kernel differences"), and nothing is done.
 */
export function giveWay(): void {
  lower(0);
}

/** Lets the threads that compile for this process give way: a large module keeps all of them busy for seconds. As `giveWay`. */
export async function letHelpersGiveWay(): Promise<void> {
  if (process.platform !== 'linux') return;
  for (const thread of await readdir('/proc/self/task').catch(() => [])) {
    // One that ended meanwhile has no name any more.
    const name = await readFile(`/proc/self/task/${thread}/comm`, 'utf8').catch(() => '');
    if (name.trim() === helperName) lower(Number(thread));
  }
}

/** Of a thread; 0 is the calling one. */
function lower(thread: number): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(thread, Math.min(getPriority(thread) + niceness, 19));
  } catch {
    // A sandbox may refuse it: the thread then works at the usual priority.
  }
}
