import { afterEach, describe, expect, test } from '@jest/globals';
import { describeFailures } from './queue-failures.ts';
import { createDesk, deploy, keyed, type QueueStage, type QueueWish, review, untilSize } from './queue-fixtures.ts';
import { describePlaces } from './queue-places.ts';
import { describeStats } from './queue-stats.ts';
import { describeTurns } from './queue-turns.ts';

/** Opens a fresh stage and closes it after the test. */
export type OpenStage = (wish?: QueueWish) => Promise<QueueStage>;

/** What every queue does alike. `open` is called for each test. */
export function describeQueue(name: string, open: (wish: QueueWish) => Promise<QueueStage>): void {
  describe(`${name} as a queue`, () => {
    const opened: QueueStage[] = [];
    const openStage: OpenStage = async (wish = {}) => {
      const stage = await open(wish);
      opened.push(stage);
      return stage;
    };
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((stage) => stage.close()));
    });

    describeAdding(openStage);
    describeKeys(openStage);
    describeTime(openStage);
    describePlaces(openStage);
    describeTurns(openStage);
    describeFailures(openStage);
    describeDrain(openStage);
    describeStats(openStage);
  });
}

function describeAdding(open: OpenStage): void {
  test('runs nothing before the start, and then what waited', async () => {
    const { queue } = await open();
    const desk = createDesk();
    queue.work('deploy', desk.handler);
    await queue.add(null, deploy('D-1'), keyed('1'));
    expect(await queue.size()).toBe(1);
    expect(desk.begun).toEqual([]);

    queue.start();
    await desk.untilBegun(1);
    desk.end('deploy D-1');

    await untilSize(queue, 0);
  });

  test('gives the handler the job as it was added', async () => {
    const { queue } = await open();
    const { promise, resolve } = Promise.withResolvers<unknown>();
    queue.work('review', async (job) => resolve(job));
    queue.start();

    await queue.add(null, review(17), keyed('1'));

    expect(await promise).toEqual(review(17));
  });

  test('a job without a handler waits for one', async () => {
    const { queue } = await open();
    const desk = createDesk();
    queue.start();
    await queue.add(null, deploy('D-1'), keyed('1'));

    queue.work('deploy', desk.handler);

    await desk.untilBegun(1);
  });

  test('a job that is added in a transaction comes when that commits', async () => {
    const { queue, store } = await open();
    const desk = createDesk();
    queue.work('deploy', desk.handler);
    queue.start();

    await store.transaction(async (tx) => {
      await queue.add(tx, deploy('D-1'), keyed('1'));
      expect(desk.begun).toEqual([]);
    });

    await desk.untilBegun(1);
  });

  test('a transaction that rolls back takes its jobs with it, and gives back what they replaced', async () => {
    const { queue, store } = await open();
    const desk = createDesk();
    await queue.add(null, deploy('D-1'), keyed('1'));

    const failing = store.transaction(async (tx) => {
      await queue.add(tx, deploy('D-2'), keyed('1', { replace: true }));
      await queue.add(tx, deploy('D-3'), keyed('3'));
      throw new Error('rolled back');
    });

    await expect(failing).rejects.toThrow('rolled back');
    expect(await queue.size()).toBe(1);
    queue.work('deploy', desk.handler);
    queue.start();
    await desk.untilBegun(1);
    expect(desk.begun).toEqual(['deploy D-1']);
  });
}

function describeKeys(open: OpenStage): void {
  describe('of one key', () => {
    test('one job runs at a time, whatever its kind', async () => {
      const { queue } = await open();
      const desk = createDesk();
      queue.work('deploy', desk.handler);
      queue.work('review', desk.handler);
      await queue.add(null, deploy('D-1'), keyed('same'));
      await queue.add(null, review(1), keyed('same'));
      await queue.add(null, deploy('D-2'), keyed('other'));

      queue.start();
      await desk.untilBegun(2);
      expect([...desk.running].sort()).toEqual(['deploy D-1', 'deploy D-2']);
      desk.end('deploy D-1');

      await desk.untilBegun(3);
      expect(desk.begun.at(-1)).toBe('review 1');
    });

    test('1,000 that replace each other leave the newest one waiting', async () => {
      const { queue } = await open();
      const desk = createDesk();

      for (let pull = 1; pull <= 1_000; pull += 1) await queue.add(null, review(pull), keyed('1', { replace: true }));

      expect(await queue.size()).toBe(1);
      queue.work('review', desk.handler);
      queue.start();
      await desk.untilBegun(1);
      expect(desk.begun).toEqual(['review 1000']);
    });

    test('without replacing, the one that waits stays and the newer is dropped', async () => {
      const { queue } = await open();
      const desk = createDesk();
      queue.work('deploy', desk.handler);

      await queue.add(null, deploy('D-1'), keyed('1'));
      await Promise.all(['D-2', 'D-3'].map((id) => queue.add(null, deploy(id), keyed('1'))));
      expect(await queue.size()).toBe(1);
      queue.start();

      await desk.untilBegun(1);
      expect(desk.begun).toEqual(['deploy D-1']);
    });

    test.each([false, true, 'sooner'] as const)(
      'of those added at the same time one waits, replacing %s',
      async (replace) => {
        const { queue } = await open();

        await Promise.all([1, 2, 3, 4].map((id) => queue.add(null, deploy(`D-${id}`), keyed('1', { replace }))));

        expect(await queue.size()).toBe(1);
      },
    );

    test('only a waiting job of the same kind is replaced', async () => {
      const { queue } = await open();
      await queue.add(null, deploy('D-1'), keyed('1'));

      await queue.add(null, review(1), keyed('1', { replace: true }));

      expect(await queue.size()).toBe(2);
    });

    test('one that is added while another runs is run after it', async () => {
      const { queue } = await open();
      const desk = createDesk();
      queue.work('deploy', desk.handler);
      queue.start();
      await queue.add(null, deploy('D-1'), keyed('1'));
      await desk.untilBegun(1);

      await queue.add(null, deploy('D-2'), keyed('1'));
      expect(await queue.size()).toBe(2);
      desk.end('deploy D-1');

      await desk.untilBegun(2);
      expect(desk.begun).toEqual(['deploy D-1', 'deploy D-2']);
    });
  });

  describe('a running job that is replaced', () => {
    test('is told to stop when it is a review; the newest then runs, and nobody calls it a failure', async () => {
      const { queue, failures } = await open();
      const desk = createDesk();
      queue.work('review', desk.handler);
      queue.start();
      await queue.add(null, review(1), keyed('1', { replace: true }));
      await desk.untilBegun(1);

      await queue.add(null, review(2), keyed('1', { replace: true }));
      await desk.untilBegun(2);
      desk.end('review 2');
      await untilSize(queue, 0);

      expect(desk.begun).toEqual(['review 1', 'review 2']);
      expect(desk.aborted).toEqual(['review 1']);
      expect(failures).toEqual([]);
    });

    test('goes on when it is a deploy step', async () => {
      const { queue } = await open();
      const desk = createDesk();
      queue.work('deploy', desk.handler);
      queue.start();
      await queue.add(null, deploy('D-1'), keyed('1', { replace: true }));
      await desk.untilBegun(1);

      await queue.add(null, deploy('D-2'), keyed('1', { replace: true }));
      desk.end('deploy D-1');
      await desk.untilBegun(2);

      expect(desk.aborted).toEqual([]);
    });

    test('goes on when the transaction that would replace it rolls back, or the newer job does not replace', async () => {
      const { queue, store } = await open();
      const desk = createDesk();
      queue.work('review', desk.handler);
      queue.start();
      await queue.add(null, review(1), keyed('1'));
      await desk.untilBegun(1);

      const failing = store.transaction(async (tx) => {
        await queue.add(tx, review(2), keyed('1', { replace: true }));
        throw new Error('rolled back');
      });
      await expect(failing).rejects.toThrow('rolled back');
      await queue.add(null, review(3), keyed('1'));

      expect(desk.aborted).toEqual([]);
    });
  });
}

function describeTime(open: OpenStage): void {
  test('a job waits for its time, while others go ahead', async () => {
    const { queue, clock } = await open();
    const desk = createDesk();
    queue.work('deploy', desk.handler);
    queue.start();
    await queue.add(null, deploy('D-1'), keyed('1', { runAt: new Date(clock.now().getTime() + 60_000) }));
    await queue.add(null, deploy('D-2'), keyed('2'));
    await desk.untilBegun(1);
    expect(desk.begun).toEqual(['deploy D-2']);

    clock.advance(60_000);

    await desk.untilBegun(2);
    expect(desk.begun).toEqual(['deploy D-2', 'deploy D-1']);
  });

  test('one that replaces a job that waits for its time brings its own time', async () => {
    const { queue, clock } = await open();
    const desk = createDesk();
    queue.work('deploy', desk.handler);
    queue.start();
    await queue.add(null, deploy('D-1'), keyed('1', { runAt: new Date(clock.now().getTime() + 60_000) }));

    await queue.add(null, deploy('D-1'), keyed('1', { replace: true }));

    await desk.untilBegun(1);
  });

  test.each([
    ['a later', 0, 60_000],
    ['an earlier', 60_000, 0],
  ])(
    'one that replaces %s time by the sooner one is due at the sooner, also while its key runs',
    async (_, one, other) => {
      const { queue, clock } = await open();
      const desk = createDesk();
      const at = (milliseconds: number) => new Date(clock.now().getTime() + milliseconds);
      queue.work('deploy', desk.handler);
      queue.start();
      await queue.add(null, deploy('D-1'), keyed('1'));
      await desk.untilBegun(1);

      await queue.add(null, deploy('D-2'), keyed('1', { replace: 'sooner', runAt: at(one) }));
      await queue.add(null, deploy('D-3'), keyed('1', { replace: 'sooner', runAt: at(other) }));
      desk.end('deploy D-1');

      await desk.untilBegun(2);
      expect(desk.begun).toEqual(['deploy D-1', 'deploy D-3']);
      expect(await queue.size()).toBe(1);
    },
  );
}

function describeDrain(open: OpenStage): void {
  describe('draining', () => {
    test('waits for running jobs, begins none, and still keeps what is added', async () => {
      const { queue } = await open({ concurrency: 1 });
      const desk = createDesk();
      queue.work('deploy', desk.handler);
      queue.start();
      await queue.add(null, deploy('D-1'), keyed('1'));
      await queue.add(null, deploy('D-2'), keyed('2'));
      await desk.untilBegun(1);

      const drained = queue.drain(5_000);
      await queue.add(null, deploy('D-3'), keyed('3'));
      desk.end('deploy D-1');
      await drained;

      expect(desk.begun).toEqual(['deploy D-1']);
      expect(desk.aborted).toEqual([]);
      expect(await queue.size()).toBe(2);
    });

    test.each([
      ['does not listen', false],
      ['stops', true],
    ])('after its deadline tells what runs to stop and hands it back, where it %s', async (_what, obedient) => {
      const { queue, failures } = await open();
      const desk = createDesk({ obedient });
      queue.work('deploy', desk.handler);
      queue.start();
      await queue.add(null, deploy('D-1'), keyed('1'));
      await desk.untilBegun(1);

      await queue.drain(10);
      desk.end('deploy D-1');
      await new Promise((resolve) => setImmediate(resolve));

      expect(desk.aborted).toEqual(['deploy D-1']);
      expect(await queue.size()).toBe(1);
      expect(failures).toEqual([]);
    });
  });
}
