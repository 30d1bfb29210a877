import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openPostgres } from '../../../../src/world/store/postgres/postgres.ts';
import { createDesk, deploy, keyed } from '../../../contract/queue-fixtures.ts';
import { type OwnPostgres, ownPostgres } from '../../../support/postgres.ts';
import { until } from '../../../support/until.ts';

let server: OwnPostgres;
beforeAll(async () => {
  server = await ownPostgres();
}, 60_000);
afterAll(() => server.remove());

test('what a job came to while the database was down is written when it is back, and the queue goes on', async () => {
  const faults: unknown[] = [];
  const failures: unknown[] = [];
  const { queue, close } = await openPostgres({
    url: server.url,
    now: () => new Date(),
    random: Math.random,
    onFailure: (...failure) => failures.push(failure),
    onFault: (fault) => faults.push(fault),
  });
  const desk = createDesk({ obedient: false });
  queue.work('deploy', desk.handler);
  queue.start();
  await queue.add(null, deploy('D-1'), keyed('1'));
  await desk.untilBegun(1);
  await queue.add(null, deploy('D-2'), keyed('1'));

  await server.crash();
  desk.end('deploy D-1');
  await until('that it cannot be written', () => (faults.length > 1 ? true : undefined), 20_000);
  await expect(queue.add(null, deploy('D-3'), keyed('3'))).rejects.toMatchObject({ code: 'store-failed' });
  await server.start();
  await desk.untilBegun(2);
  desk.end('deploy D-2');
  await queue.add(null, deploy('D-4'), keyed('4'));
  await desk.untilBegun(3);
  desk.end('deploy D-4');
  await queue.drain(10_000);

  expect(desk.begun).toEqual(['deploy D-1', 'deploy D-2', 'deploy D-4']);
  expect(await queue.size()).toBe(0);
  expect(failures).toEqual([]);
  expect(faults.filter((fault) => !isStoreFailed(fault))).toEqual([]);
  await close();
}, 60_000);

function isStoreFailed(fault: unknown): boolean {
  return fault instanceof Error && 'code' in fault && fault.code === 'store-failed';
}
