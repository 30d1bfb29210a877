import { expect, test } from '@jest/globals';
import { until } from '../support/until.ts';
import type { OpenStage } from './queue.ts';
import { createDesk, deploy, keyed, review } from './queue-fixtures.ts';

export function describeStats(open: OpenStage): void {
  test('tells of each kind how many wait, run and are dead, and how long the oldest has been due', async () => {
    const { queue, clock, failures } = await open({ tries: 1 });
    const later = new Date(clock.now().getTime() + 60_000);
    expect(await queue.stats()).toEqual([]);
    const desk = createDesk();
    queue.work('deploy', desk.handler);
    queue.start();
    await queue.add(null, deploy('D-1'), keyed('1'));
    await queue.add(null, deploy('D-2'), keyed('2'));
    await desk.untilBegun(2);
    desk.end('deploy D-1', new Error('broken'));
    await until('the failure', () => failures[0], 5_000);

    await queue.add(null, deploy('D-3'), keyed('3', { runAt: later }));
    await queue.add(null, review(1), keyed('review-1'));
    clock.advance(1_500);
    await queue.add(null, review(2), keyed('review-2'));

    expect(await queue.stats()).toEqual([
      { kind: 'deploy', waiting: 1, running: 1, dead: 1, oldestDueMs: null },
      { kind: 'review', waiting: 2, running: 0, dead: 0, oldestDueMs: 1_500 },
    ]);
  });
}
