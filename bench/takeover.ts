import { fileURLToPath } from 'node:url';
import { openPostgres } from '../src/world/store/postgres/postgres.ts';
import { deploy, keyed } from '../test/contract/queue-fixtures.ts';
import { until } from '../test/support/until.ts';
import { killChild, type StoreChild, startScript } from '../test/world/store/sqlite/child.ts';
import type { Row } from './bench.ts';
import { atMostGoal, figure, milliseconds } from './rows.ts';

const script = fileURLToPath(new URL('../test/world/store/postgres/queue-child.ts', import.meta.url));
/** Each job is held to the end, and a worker holds three at once. */
const rounds = 3;

/** Kills the worker that runs a job, over and over, and times until another begins the job again. */
export async function takeover(url: string): Promise<Row> {
  const { queue, close } = await openPostgres({ url, now: () => new Date(), random: Math.random });
  const alive = [await startScript(script, ['hold', url]), await startScript(script, ['hold', url])];
  const times: number[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      const label = `D-${round}`;
      await queue.add(null, deploy(label), keyed(label));
      const victim = await until(
        'a worker that runs it',
        () => alive.find((worker) => hasBegun(worker, label)),
        20_000,
      );
      alive.splice(alive.indexOf(victim), 1);
      const killed = performance.now();
      await killChild(victim);
      await until('the other', () => alive.find((worker) => hasBegun(worker, label)), 60_000);
      times.push(performance.now() - killed);
      alive.push(await startScript(script, ['hold', url]));
    }
  } finally {
    await Promise.all(alive.map(killChild));
    await close();
  }
  const worst = Math.max(...times);
  const text = `${milliseconds(worst)} at worst of ${rounds}`;
  return figure('a worker killed until its job runs elsewhere, PostgreSQL', text, atMostGoal(worst / 1000, 15, ' s'));
}

function hasBegun(worker: StoreChild, label: string): boolean {
  return worker.said('begun').some((line) => line.startsWith(`deploy/${label} `));
}
