import { describe, expect, test } from '@jest/globals';
import type { JobKind } from '../../src/model/jobs.ts';
import type { OpenStage } from './queue.ts';
import { createDesk, drift, keyed, review } from './queue-fixtures.ts';

const kinds: readonly JobKind[] = ['review', 'drift'];

export function describeTurns(open: OpenStage): void {
  describe('repositories', () => {
    test('take turns: one review waits for the next free place alone, not for the hundred of another repository', async () => {
      const { queue } = await open();
      const desk = createDesk();
      queue.work('review', desk.handler);
      for (let pull = 1; pull <= 100; pull += 1) await queue.add(null, review(pull, 1), keyed(`1-${pull}`));
      queue.start();
      await desk.untilBegun(2);

      await queue.add(null, review(777, 2), keyed('2-777'));
      await queue.add(null, review(778, 2), keyed('2-778'));
      desk.end('review 1');
      await desk.untilBegun(3);
      desk.end('review 777');
      await desk.untilBegun(4);
      desk.end('review 2');
      await desk.untilBegun(5);

      expect(desk.begun).toEqual(['review 1', 'review 2', 'review 777', 'review 778', 'review 3']);
    });

    test('of which nothing runs go first, whatever kind of job runs for the others, but no less urgent ones', async () => {
      const { queue } = await open();
      const desk = createDesk();
      for (const kind of kinds) queue.work(kind, desk.handler);
      queue.start();
      await queue.add(null, drift('a', 1), keyed('a'));
      await queue.add(null, drift('b', 1), keyed('b'));
      await queue.add(null, drift('c', 1), keyed('c'));
      await desk.untilBegun(3);

      await queue.add(null, drift('d', 3), keyed('d'));
      await queue.add(null, review(1, 1), keyed('1'));
      await queue.add(null, review(2, 2), keyed('2'));
      for (const [index, ended] of ['drift a', 'review 2', 'review 1'].entries()) {
        desk.end(ended);
        await desk.untilBegun(index + 4);
      }

      expect(desk.begun.slice(3)).toEqual(['review 2', 'review 1', 'drift d']);
    });
  });
}
