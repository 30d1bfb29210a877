import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { giveWay, letHelpersGiveWay } from '../../src/tools/priority.ts';

/** In a thread: gives way, and says its own priority. As a process: says those of all its threads by name, before and after. */
const isThread = process.argv[2] === 'thread';

function priorities(): Readonly<Record<string, readonly number[]>> {
  const found: Record<string, number[]> = {};
  for (const thread of process.platform === 'linux' ? readdirSync('/proc/self/task') : []) {
    const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8');
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    // Field 19 of proc_pid_stat(5), the name being the second.
    const nice = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
    found[name] = [...(found[name] ?? []), nice];
  }
  return found;
}

if (isThread) {
  giveWay();
  process.stdout.write(`thread ${getPriority()}\n`);
} else {
  const before = priorities();
  await letHelpersGiveWay();
  const worker = new Worker(new URL(import.meta.url), { argv: ['thread'] });
  await new Promise((resolve) => worker.once('exit', resolve));
  process.stdout.write(`${JSON.stringify({ before, after: priorities(), main: getPriority() })}\n`);
}
