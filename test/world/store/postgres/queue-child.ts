import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import type { JobKind } from '../../../../src/model/jobs.ts';
import { openPostgres } from '../../../../src/world/store/postgres/postgres.ts';
import { labelOf } from '../../../contract/queue-fixtures.ts';

/**
 * A process of its own that runs jobs: with `work`, each takes a moment; with `hold`, each ends when it is told `end`,
 * whether or not it is told to stop. What it says is written at once, with the time, so that a kill loses no word.
 */
const [mode = '', url = ''] = process.argv.slice(2);
const say = (...words: readonly unknown[]): void => void writeSync(1, `${words.join(' ')} ${Date.now()}\n`);

const { queue, close } = await openPostgres({
  url,
  now: () => new Date(),
  random: Math.random,
  onFailure: (job, error, _attempt, dead) => say('failed', job.kind, error, dead),
  onFault: (error) => say('fault', error),
});

const { promise: told, resolve: end } = Promise.withResolvers<void>();
const kinds: readonly JobKind[] = ['deploy', 'board', 'drift', 'ended', 'sweep', 'tell'];
for (const kind of kinds) {
  queue.work(kind, async (job, signal) => {
    const label = labelOf(job).replace(' ', '/');
    signal.addEventListener('abort', () => say('aborted', label));
    say('begun', label);
    await (mode === 'hold' ? told : wait(100 + 100 * Math.random()));
    say('done', label);
  });
}
queue.start();

createInterface(process.stdin).on('line', async (line) => {
  if (line === 'end') end();
  if (line !== 'close') return;
  await queue.drain(10_000);
  await close();
  say('closed');
  process.exit(0);
});
process.stdout.write('ready\n');
