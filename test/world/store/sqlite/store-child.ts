import { writeSync } from 'node:fs';
import { openSqlite } from '../../../../src/world/store/sqlite/sqlite.ts';

/**
 * A process of its own with the store: `hold` keeps it open; `work` takes in deliveries and runs their jobs until it is killed;
 * `race` tries to take 100 leases when it is told to. What it says is written at once, so that a kill loses no word.
 */
const [mode = '', path = '', name = ''] = process.argv.slice(2);
const say = (...words: readonly unknown[]): void => void writeSync(1, `${words.join(' ')}\n`);

const { store, queue } = await openSqlite({
  path,
  now: () => new Date(),
  random: Math.random,
  holder: 'test-host',
  lock: mode !== 'race',
  onFailure: (job, error) => say('failed', job.kind, error),
  onFault: (error) => say('fault', error),
});

async function takeIn(id: string): Promise<void> {
  await store.transaction(async (tx) => {
    const body = new Uint8Array(2_000);
    const receivedAt = new Date();
    await store.deliveries.insert(tx, { forge: 'github', id, event: 'push', headers: {}, body, receivedAt });
    await queue.add(
      tx,
      { kind: 'ingest', payload: { forge: 'github', delivery: id } },
      { key: id, replace: false, runAt: null },
    );
    await store.audit.append(tx, { actor: 'test', action: 'taken-in', subject: id, data: {} });
  });
  say('acked', id);
}

async function work(): Promise<void> {
  queue.work('ingest', async ({ payload: { delivery } }) => {
    say('begun', delivery);
    await store.deliveries.settle('github', String(delivery), 'processed');
    say('done', delivery);
  });
  queue.start();
  const line = async (lane: number): Promise<void> => {
    for (let n = 0; ; n += 1) await takeIn(`${name}-${lane}-${n}`);
  };
  await Promise.all([1, 2, 3, 4].map(line));
}

async function race(): Promise<void> {
  for (let n = 0; n < 100; n += 1) {
    const lease = await store.leases.take(`target-${n}`, name, 60_000);
    if (lease !== null) say('won', lease.key);
  }
  process.exit(0);
}

say('ready');
if (mode === 'work') await work();
// Listening keeps the process alive.
process.stdin.on('data', () => void (mode === 'race' && race()));
