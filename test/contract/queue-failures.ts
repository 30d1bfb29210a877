import { describe, expect, test } from '@jest/globals';
import { BorderError } from '../../src/model/error.ts';
import { until } from '../support/until.ts';
import type { OpenStage } from './queue.ts';
import { createDesk, deploy, keyed, review, untilSize } from './queue-fixtures.ts';

const hour = 3_600_000;

export function describeFailures(open: OpenStage): void {
  describe('a job that fails', () => {
    test('is tried again later, each time later, and in the end set aside as dead', async () => {
      const { queue, clock, failures } = await open({ tries: 3 });
      const starts: number[] = [];
      const begin = clock.now().getTime();
      queue.work('deploy', async () => {
        starts.push(clock.now().getTime() - begin);
        throw new Error('broken');
      });
      queue.start();
      await queue.add(null, deploy('D-1'), keyed('1'));

      for (const count of [1, 2, 3]) {
        await until(`failure ${count}`, () => (failures.length >= count ? true : undefined), 5_000);
        if (count < 3) expect(await queue.size()).toBe(1);
        clock.advance(hour);
      }

      expect(starts).toEqual([0, hour, 2 * hour]);
      expect(failures.map(({ attempt, dead }) => [attempt, dead])).toEqual([
        [1, false],
        [2, false],
        [3, true],
      ]);
      // Told each time: since when it is tried.
      expect(failures.map(({ since }) => since.getTime() - begin)).toEqual([0, 0, 0]);
      expect(failures[0]?.error).toMatchObject({ message: 'broken' });
      expect(await queue.size()).toBe(0);
    });

    test('does not come back before its time, nor before the other side allows it', async () => {
      const { queue, clock, failures } = await open();
      const desk = createDesk();
      queue.work('deploy', desk.handler);
      queue.work('review', desk.handler);
      queue.start();
      const retryAt = new Date(clock.now().getTime() + hour);
      const limited = new BorderError({
        code: 'forge-limited',
        subject: 'github',
        message: 'too many requests',
        remedy: 'wait',
        kind: 'limited',
        status: 429,
        retryAt,
      });
      await queue.add(null, deploy('D-1'), keyed('1'));
      await queue.add(null, review(1), keyed('2'));
      await desk.untilBegun(2);

      desk.end('deploy D-1', limited);
      desk.end('review 1', new Error('broken'));
      await until('both failures', () => (failures.length === 2 ? true : undefined), 5_000);
      clock.advance(60_000);
      await desk.untilBegun(3);
      expect(desk.begun.at(-1)).toBe('review 1');
      clock.advance(hour);

      await desk.untilBegun(4);
      expect(desk.begun.at(-1)).toBe('deploy D-1');
    });

    test('does not hold up others, of its own key either', async () => {
      const { queue } = await open({ concurrency: 1 });
      const desk = createDesk();
      queue.work('deploy', desk.handler);
      queue.start();
      await queue.add(null, deploy('D-1'), keyed('same'));
      await desk.untilBegun(1);
      await queue.add(null, deploy('D-2'), keyed('same'));
      await queue.add(null, deploy('D-3'), keyed('other'));

      desk.end('deploy D-1', new Error('broken'));
      await desk.untilBegun(2);
      desk.end('deploy D-2');
      await desk.untilBegun(3);
      desk.end('deploy D-3');

      await untilSize(queue, 1);
      expect(desk.begun).toEqual(['deploy D-1', 'deploy D-2', 'deploy D-3']);
    });

    test('is tried since the newest reason for it, when that takes its place while it waits', async () => {
      const { queue, clock, failures } = await open();
      queue.work('review', () => Promise.reject(new Error('broken')));
      queue.start();
      await queue.add(null, review(1), keyed('1', { replace: true }));
      await until('the first failure', () => failures[0], 5_000);
      clock.advance(1_000);

      await queue.add(null, review(2), keyed('1', { replace: true }));
      await until('the second failure', () => failures[1], 5_000);

      const [first, second] = failures.map(({ since }) => since.getTime());
      expect((second ?? 0) - (first ?? 0)).toBe(1_000);
    });

    test('is not tried again when a newer one that replaces it waits', async () => {
      const { queue } = await open();
      const desk = createDesk();
      queue.work('deploy', desk.handler);
      queue.start();
      await queue.add(null, deploy('D-1'), keyed('1'));
      await desk.untilBegun(1);
      await queue.add(null, deploy('D-2'), keyed('1', { replace: true }));

      desk.end('deploy D-1', new Error('broken'));
      await desk.untilBegun(2);
      desk.end('deploy D-2');

      await untilSize(queue, 0);
    });

    test('does not wait any longer when there is a new reason for it, which is then not done a second time', async () => {
      const { queue, failures } = await open();
      const desk = createDesk();
      queue.work('deploy', desk.handler);
      queue.start();
      await queue.add(null, deploy('D-1'), keyed('1'));
      await desk.untilBegun(1);
      desk.end('deploy D-1', new Error('broken'));
      await until('the failure', () => failures[0], 5_000);

      await queue.add(null, deploy('D-1'), keyed('1'));
      await desk.untilBegun(2);
      desk.end('deploy D-1');

      await untilSize(queue, 0);
    });

    test('is kept when it is dead, to be looked at and tried again', async () => {
      const { queue, failures } = await open({ tries: 1 });
      const desk = createDesk();
      queue.work('deploy', desk.handler);
      queue.start();
      for (const [index, id] of ['D-1', 'D-2'].entries()) {
        await queue.add(null, deploy(id), keyed(id));
        await desk.untilBegun(index + 1);
        desk.end(`deploy ${id}`, new TypeError('broken'));
        await until('the failure', () => failures[index], 5_000);
      }

      const [second, first] = await queue.dead(10);
      expect(second).toMatchObject({ job: deploy('D-2'), key: 'D-2', attempts: 1, fault: 'TypeError' });
      expect(first).toMatchObject({ job: deploy('D-1') });
      expect(await queue.dead(1)).toHaveLength(1);
      expect(await queue.revive(first?.id ?? '')).toBe(true);
      await desk.untilBegun(3);
      desk.end('deploy D-1');

      await untilSize(queue, 0);
      expect(await queue.revive(first?.id ?? '')).toBe(false);
      expect((await queue.dead(10)).map(({ key }) => key)).toEqual(['D-2']);
    });

    test('that throws before its first await fails like any other', async () => {
      const { queue, failures } = await open();
      queue.work('deploy', () => {
        throw new Error('at once');
      });
      queue.start();

      await queue.add(null, deploy('D-1'), keyed('1'));

      await until('the failure', () => failures[0], 5_000);
    });
  });
}
