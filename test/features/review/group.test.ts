import { beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../../support/until.ts';
import { openStage, type Stage } from '../../world/forge/github/setup.ts';
import { openReviewWorld } from './world.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});

describe('a group of the merge queue', () => {
  test('gets a review of its own on its commit, and no comment', async () => {
    const world = await openReviewWorld({ stage });
    const [one, two] = [await world.open('first'), await world.open('second')];
    await world.done(one.head);
    await world.done(two.head);
    const before = [one, two].map(({ pull }) => stage.repo.comments(pull).map(({ history }) => history.length));

    const group = await stage.repo.enqueue([one.pull, two.pull]);

    expect(await world.done(group.sha)).toMatch(/Caution/);
    const [run, ...more] = stage.repo.checkRuns(group.sha);
    expect(more).toEqual([]);
    // Both pulls are in it.
    expect(run?.annotations.map(({ path }) => path)).toEqual(['first.yaml', 'second.yaml']);
    expect([one, two].map(({ pull }) => stage.repo.comments(pull).map(({ history }) => history.length))).toEqual(
      before,
    );
    await stage.repo.destroyGroup(group, 'merged');
    await until('no round left', async () => (await world.opened.store.outbox.open()).length === 0 || undefined);
    expect(stage.repo.checkRuns(group.sha)).toHaveLength(1);
    expect(stage.github.violations).toEqual([]);
    await world.stop();
  });

  test('that is destroyed stops its review and leaves no check running', async () => {
    const entered = Promise.withResolvers<void>();
    let hold = false;
    const world = await openReviewWorld({
      stage,
      midst: async (signal) => {
        if (!hold) return;
        entered.resolve();
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    });
    const { pull, head } = await world.open('third');
    await world.done(head);
    hold = true;
    const group = await stage.repo.enqueue([pull]);
    await entered.promise;
    expect(world.check(group.sha)?.status).toBe('in_progress');

    await stage.repo.destroyGroup(group, 'dequeued');

    expect(await world.done(group.sha)).toBe('The merge group is gone');
    expect(world.failures).toEqual([]);
    await world.stop();
  });

  test('that cannot be reviewed holds the queue up, and says why', async () => {
    let broken = false;
    const world = await openReviewWorld({
      stage,
      midst: async () => {
        if (broken) throw new Error('no');
      },
    });
    const { pull, head } = await world.open('fourth');
    await world.done(head);
    broken = true;
    const group = await stage.repo.enqueue([pull]);
    await until('a failure', () => world.failures[1]);
    expect(world.check(group.sha)).toMatchObject({ status: 'in_progress', title: 'The review could not be made yet' });

    broken = false;

    expect(await world.done(group.sha)).toMatch(/Caution/);
    await world.stop();
  });

  test('that is given up fails, says since when it was tried, and stays so when the queue drops it', async () => {
    let broken = false;
    const world = await openReviewWorld({
      ...{ stage, retry: { tries: 2, firstWaitMs: 20, longestWaitMs: 20 } },
      midst: async () => {
        if (broken) throw new Error('token=hunter2');
      },
    });
    const { pull, head } = await world.open('fifth');
    await world.done(head);
    const before = stage.repo.comments(pull).length;
    broken = true;
    const group = await stage.repo.enqueue([pull]);

    expect(await world.done(group.sha)).toBe('The merge group could not be reviewed');

    const run = world.check(group.sha);
    expect(run?.conclusion).toBe('failure');
    expect(run?.summary).toMatch(/tried 2 times since .* UTC, the last time on .* UTC.*merge queue again/s);
    expect(run?.summary).not.toContain('hunter2');
    expect(stage.repo.comments(pull)).toHaveLength(before);
    await until('no round left', async () => (await world.opened.store.outbox.open()).length === 0 || undefined);
    await stage.repo.destroyGroup(group, 'dequeued');
    await world.idle('ingest', 'group', 'group-review', 'dead');
    expect(stage.repo.checkRuns(group.sha)).toEqual([expect.objectContaining({ conclusion: 'failure' })]);
    await world.stop();
  });
});
