import { describe, expect, test } from '@jest/globals';
import type { JobKind } from '../../src/model/jobs.ts';
import type { OpenStage } from './queue.ts';
import { command, createDesk, deploy, drift, keyed, review, untilSize } from './queue-fixtures.ts';

const kinds: readonly JobKind[] = ['deploy', 'command', 'review', 'drift'];

export function describePlaces(open: OpenStage): void {
  describe('the places', () => {
    test('are as many as were asked for', async () => {
      const { queue } = await open({ concurrency: 3 });
      const desk = createDesk();
      queue.work('deploy', desk.handler);
      for (const id of ['D-1', 'D-2', 'D-3', 'D-4']) await queue.add(null, deploy(id), keyed(id));

      queue.start();
      await desk.untilBegun(3);
      desk.end('deploy D-2');
      await desk.untilBegun(4);

      expect([...desk.running].sort()).toEqual(['deploy D-1', 'deploy D-3', 'deploy D-4']);
    });

    test('are taken by deploys first, then commands, then reviews, then the rest; in order within a kind', async () => {
      const { queue } = await open({ concurrency: 1 });
      const desk = createDesk();
      for (const kind of kinds) queue.work(kind, desk.handler);
      const jobs = [drift('a'), review(1), command(1), deploy('D-1'), deploy('D-2')];
      for (const job of jobs) await queue.add(null, job, keyed(JSON.stringify(job)));

      queue.start();
      for (let count = 1; count <= jobs.length; count += 1) {
        await desk.untilBegun(count);
        desk.end(desk.begun.at(-1) ?? '');
      }

      expect(desk.begun).toEqual(['deploy D-1', 'deploy D-2', 'command 1', 'review 1', 'drift a']);
    });

    test('hold at most two reviews, and a deploy step finds one whatever else waits and runs', async () => {
      const { queue } = await open();
      const desk = createDesk();
      for (const kind of kinds) queue.work(kind, desk.handler);
      for (const n of [1, 2, 3, 4]) {
        await queue.add(null, review(n), keyed(`review-${n}`));
        await queue.add(null, drift(`t${n}`), keyed(`drift-${n}`));
      }

      queue.start();
      await desk.untilBegun(3);
      await queue.add(null, deploy('D-1'), keyed('deploy'));
      await desk.untilBegun(4);

      expect(desk.begun).toEqual(['review 1', 'review 2', 'drift t1', 'deploy D-1']);
    });

    test('are used again and again: 200 jobs of 20 keys all run, never two of a key at once', async () => {
      const { queue, failures } = await open();
      const running = new Set<string>();
      let done = 0;
      queue.work('drift', async ({ payload: { target } }) => {
        const [key = ''] = target.split('-');
        if (running.has(key)) throw new Error(`two of ${key} at once`);
        running.add(key);
        await new Promise((resolve) => setImmediate(resolve));
        running.delete(key);
        done += 1;
      });
      queue.start();

      for (let n = 0; n < 200; n += 1) {
        await queue.add(null, drift(`k${n % 20}-${n}`), keyed(`k${n % 20}`, { replace: false }));
      }
      await untilSize(queue, 0);

      expect(failures).toEqual([]);
      expect(done).toBeGreaterThanOrEqual(20);
    });
  });
}
