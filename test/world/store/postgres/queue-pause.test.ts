import { expect, test } from '@jest/globals';
import { deploy, keyed, untilSize } from '../../../contract/queue-fixtures.ts';
import { tell, useWorkers } from './workers.ts';

const workers = useWorkers();

test('a worker that stood still for longer than its heartbeat may, cannot complete what another has taken over', async () => {
  const { queue } = await workers.open();
  const paused = await workers.start('hold');
  await queue.add(null, deploy('D-1'), keyed('1'));
  await paused.untilSaid('begun', 1);

  const stopped = Date.now();
  paused.process.kill('SIGSTOP');
  const other = await workers.start('hold');
  await other.untilSaid('begun', 1);
  const taken = Date.now();
  paused.process.kill('SIGCONT');
  tell(paused, 'end');
  await paused.untilSaid('done', 1);
  tell(paused, 'close');
  await paused.untilSaid('closed', 1);

  expect(taken - stopped).toBeLessThan(15_000);
  expect(await queue.stats()).toMatchObject([{ kind: 'deploy', waiting: 0, running: 1, dead: 0 }]);
  tell(other, 'end');
  await untilSize(queue, 0);
  const runs = await workers.query("select state, retry_count from pgboss.job where name = 'fairlead-jobs'");
  expect(runs).toEqual([{ state: 'completed', retry_count: 1 }]);
  expect([...paused.said('failed'), ...other.said('failed'), ...other.said('fault')]).toEqual([]);
}, 60_000);
