import { afterEach, describe, expect, test } from '@jest/globals';
import { BorderError } from '../../src/model/error.ts';
import { until } from '../support/until.ts';
import { createDesk, deploy, keyed, type QueueStage, type QueueWish, review, untilSize } from './queue-fixtures.ts';

/** Two queues of one store, as of two processes. */
export interface SharedStage {
  readonly first: QueueStage;
  readonly second: QueueStage;
  /** Has the jobs the first runs taken for those of a dead process. */
  abandon(): Promise<void>;
  /** Opens it as a process does that starts now. */
  later(): Promise<QueueStage>;
}

/** What queues that share a store do alike. */
export function describeSharedQueue(name: string, open: (wish: QueueWish) => Promise<SharedStage>): void {
  describe(`${name} as a queue of two processes`, () => {
    const opened: SharedStage[] = [];
    const openStage = async (wish: QueueWish = {}): Promise<SharedStage> => {
      const stage = await open(wish);
      opened.push(stage);
      return stage;
    };
    afterEach(async () => {
      for (const { first, second } of opened.splice(0)) {
        await second.close();
        await first.close();
      }
    });

    test('a running review is told to stop within 2 s when the other process adds a newer one, and is no failure', async () => {
      const { first, second } = await openStage();
      const desk = createDesk();
      first.queue.work('review', desk.handler);
      first.queue.start();
      await first.queue.add(null, review(1), keyed('1', { replace: true }));
      await desk.untilBegun(1);

      const begin = Date.now();
      await second.queue.add(null, review(2), keyed('1', { replace: true }));
      await until('the end', () => desk.aborted[0], 5_000);

      expect(Date.now() - begin).toBeLessThan(2_000);
      await desk.untilBegun(2);
      desk.end('review 2');
      await untilSize(first.queue, 0);
      expect([...first.failures, ...second.failures]).toEqual([]);
    });

    test('whose clock stood ahead: what waits is due when another opens it, what failed within the hour', async () => {
      const { first, later } = await openStage();
      const { clock, queue } = first;
      const allowed = new Date(clock.now().getTime() + 3 * 24 * 3_600_000);
      const facts = {
        kind: 'limited',
        status: 403,
        code: 'forge-limited',
        subject: 'github',
        message: 'limited',
        remedy: 'Wait.',
        retryAt: allowed,
      } as const;
      queue.work('deploy', async () => Promise.reject(new BorderError(facts)));
      queue.start();
      await queue.add(null, deploy('failed'), keyed('1'));
      await until('the failure', () => first.failures[0]);
      const ahead = new Date(clock.now().getTime() + 600_000);
      await queue.add(null, review(1), keyed('2', { runAt: ahead }));

      const next = await later();
      const desk = createDesk();
      for (const kind of ['review', 'deploy'] as const) next.queue.work(kind, desk.handler);
      next.queue.start();

      await desk.untilBegun(1);
      expect(desk.begun).toEqual(['review 1']);
      await queue.drain(0);
      clock.advance(3_600_000);
      await desk.untilBegun(2);
      expect(desk.begun).toEqual(['review 1', 'deploy failed']);
      await next.close();
    });

    test.each<[string, Error | undefined, string | undefined]>([
      ['complete', undefined, undefined],
      ['fail', new Error('broken'), undefined],
      ['bury', new Error('broken'), 'dead'],
    ])('whose job was taken over can not %s it', async (_what, error, dead) => {
      const { first, second, abandon } = await openStage(dead === undefined ? {} : { tries: 1 });
      const [before, after] = [createDesk({ obedient: false }), createDesk()];
      first.queue.work('deploy', before.handler);
      second.queue.work('deploy', after.handler);
      first.queue.start();
      await first.queue.add(null, deploy('D-1'), keyed('1'));
      await before.untilBegun(1);

      await abandon();
      second.queue.start();
      await after.untilBegun(1);
      before.end('deploy D-1', error);
      await until('the end', () => (before.running.size === 0 ? true : undefined), 5_000);
      await first.queue.drain(5_000);

      expect(await second.queue.stats()).toMatchObject([{ kind: 'deploy', waiting: 0, running: 1, dead: 0 }]);
      after.end('deploy D-1');
      await untilSize(second.queue, 0);
      expect([...first.failures, ...second.failures]).toEqual([]);
      expect(await second.queue.dead(1)).toEqual([]);
    });

    test('whose job was taken over is told to stop', async () => {
      const { first, second, abandon } = await openStage();
      const [before, after] = [createDesk(), createDesk()];
      first.queue.work('deploy', before.handler);
      second.queue.work('deploy', after.handler);
      first.queue.start();
      await first.queue.add(null, deploy('D-1'), keyed('1'));
      await before.untilBegun(1);

      await abandon();
      second.queue.start();
      await after.untilBegun(1);

      await until('the end', () => before.aborted[0], 5_000);
      expect(first.failures).toEqual([]);
    });

    test('tells once of a job at which one process after another dies, and tries it no more', async () => {
      const { first, second, abandon } = await openStage({ interruptions: 1 });
      const [before, after] = [createDesk({ obedient: false }), createDesk()];
      first.queue.work('deploy', before.handler);
      second.queue.work('deploy', after.handler);
      first.queue.start();
      await first.queue.add(null, deploy('D-1'), keyed('1'));
      await before.untilBegun(1);

      await abandon();
      second.queue.start();
      await until('the news', () => second.failures[0], 5_000);
      before.end('deploy D-1');

      expect(second.failures).toMatchObject([{ kind: 'deploy', dead: true, error: { code: 'job-interrupted' } }]);
      expect(after.begun).toEqual([]);
      expect(await second.queue.dead(10)).toMatchObject([{ key: '1', fault: 'job-interrupted' }]);
      await first.queue.drain(5_000);
      expect(first.failures).toEqual([]);
    });
  });
}
