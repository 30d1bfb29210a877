import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../../support/until.ts';
import { openStage, type Stage } from '../../world/forge/github/setup.ts';
import { openReviewWorld, type ReviewWorldOptions } from './world.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});

const openWorld = (options: ReviewWorldOptions = {}) => openReviewWorld({ stage, ...options });

/** A gate that reviews wait at until it is opened; one that is told to stop stops. */
function gate() {
  const opening = Promise.withResolvers<void>();
  let aborts = 0;
  let waiting = 0;
  return {
    open: opening.resolve,
    aborts: () => aborts,
    waiting: () => waiting,
    pass: async (signal: AbortSignal) => {
      waiting += 1;
      const stopped = Promise.withResolvers<never>();
      signal.addEventListener('abort', () => {
        aborts += 1;
        stopped.reject(signal.reason);
      });
      try {
        await Promise.race([opening.promise, stopped.promise]);
      } finally {
        waiting -= 1;
      }
    },
  };
}

const shown = (runs: readonly { status: string; conclusion: string | null; title: string | null }[]) =>
  runs.map(({ status, conclusion, title }) => `${status} ${conclusion} ${title}`);

describe('the check of a pull', () => {
  test('runs at once, though all places of reviews are taken, and ends once', async () => {
    const held = gate();
    const world = await openWorld({ midst: held.pass });
    await world.open('one');
    await world.open('two');
    await until('both places taken', () => (held.waiting() === 2 ? true : undefined));

    const started = Date.now();
    const { head } = await world.open('three');
    await until('a running check', () => (world.check(head)?.status === 'in_progress' ? true : undefined));
    expect(Date.now() - started).toBeLessThan(2_000);
    held.open();
    await world.done(head);

    expect(shown(stage.repo.checkRuns(head))).toEqual([expect.stringMatching(/^completed neutral .*Caution/)]);
    await until('no round left', async () => (await world.opened.store.outbox.open()).length === 0 || undefined);
    await world.stop();
  });

  test('of a head that was replaced ends, says by which, and stops within two seconds', async () => {
    const held = gate();
    const world = await openWorld({ midst: held.pass, pace: 0.01 });
    const { pull, head } = await world.open('topic-1');
    await until('a review under way', () => (held.waiting() === 1 ? true : undefined));

    const pushed = Date.now();
    const next = await stage.repo.pushToPull(pull, { 'more.yaml': 'a: 2\n' });
    await until('the review to stop', () => (held.aborts() === 1 ? true : undefined));
    expect(Date.now() - pushed).toBeLessThan(2_000);
    expect(await world.done(head)).toBe(`Replaced by ${next.slice(0, 12)}`);
    held.open();
    await world.done(next);

    expect(world.check(next)?.conclusion).toBe('neutral');
    await until('its end', () => world.reviewed[0]);
    expect(world.reviewed).toEqual([`${pull} caution`]);
    expect(world.failures).toEqual([]);
    await world.stop();
  });

  test('is left alone by an event of an older head that comes late', async () => {
    const held = gate();
    const world = await openWorld({ midst: held.pass, pace: 0.01 });
    const { pull, head } = await world.open('topic-late');
    await until('a review under way', () => (held.waiting() === 1 ? true : undefined));
    stage.github.hooks.plan(() => 'hold');
    const older = await stage.repo.pushToPull(pull, { 'more.yaml': 'a: 2\n' });
    stage.github.hooks.plan(() => 'send');
    const next = await stage.repo.pushToPull(pull, { 'more.yaml': 'a: 3\n' });
    await until('the review of the newest', () => (held.aborts() === 1 && held.waiting() === 1 ? true : undefined));
    const writes = world.checkWrites().length;

    await stage.github.hooks.release();

    await world.idle('ingest', 'begin');
    expect(world.checkWrites()).toHaveLength(writes);
    expect([held.aborts(), held.waiting()]).toEqual([1, 1]);
    held.open();
    await world.done(next);
    expect(stage.repo.checkRuns(older)).toEqual([]);
    expect(shown(stage.repo.checkRuns(next))).toEqual([expect.stringMatching(/^completed neutral .*Caution/)]);
    expect(await world.done(head)).toBe(`Replaced by ${next.slice(0, 12)}`);
    await until('its end', () => world.reviewed[0]);
    expect(world.reviewed).toEqual([`${pull} caution`]);
    await world.stop();
  });

  test('is begun for the newest head where the event of that one was lost and an older one comes', async () => {
    const world = await openWorld({ pace: 0.01 });
    const { pull, head } = await world.open('topic-lost');
    await world.done(head);
    stage.github.hooks.plan(() => 'hold');
    const older = await stage.repo.pushToPull(pull, { 'more.yaml': 'a: 2\n' });
    stage.github.hooks.plan(() => 'lose');
    const next = await stage.repo.pushToPull(pull, { 'more.yaml': 'a: 3\n' });
    stage.github.hooks.plan(() => 'send');

    await stage.github.hooks.release();

    expect(await world.done(next)).toMatch(/Caution/);
    expect(stage.repo.checkRuns(older)).toEqual([]);
    await world.stop();
  });

  test('left running by a process that died is ended after the restart, with the head that replaced it', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'fairlead-rounds-')), 'store.db');
    const held = gate();
    const first = await openWorld({ path, midst: held.pass });
    const { pull, head } = await first.open('topic-2');
    await until('a review under way', () => (held.waiting() === 1 ? true : undefined));
    await first.opened.close();
    await first.stop().catch(() => undefined);
    stage.github.hooks.plan(() => 'lose');
    const next = await stage.repo.pushToPull(pull, { 'more.yaml': 'a: 2\n' });
    stage.github.hooks.plan(() => 'send');

    const second = await openWorld({ path });
    await second.done(next);

    expect(await second.done(head)).toBe(`Replaced by ${next.slice(0, 12)}`);
    await second.stop();
  });

  test('of a pull that is closed meanwhile ends', async () => {
    const held = gate();
    const world = await openWorld({ midst: held.pass });
    const { pull, head } = await world.open('topic-3');
    await until('a review under way', () => (held.waiting() === 1 ? true : undefined));

    await stage.repo.closePull(pull);

    expect(await world.done(head)).toBe('The pull was closed');
    expect(held.aborts()).toBe(1);
    await world.stop();
  });

  test('says once that the review fails, does not flip while it is tried, and then what it came to', async () => {
    let broken = true;
    let tries = 0;
    const world = await openWorld({
      midst: async () => {
        tries += 1;
        if (broken) throw new Error('the disk is full');
      },
    });
    const { head } = await world.open('topic-4');
    await until('four tries', () => (tries >= 4 ? true : undefined));
    expect(world.checkWrites().map(({ method }) => method)).toEqual(['POST', 'PATCH']);
    expect(shown(stage.repo.checkRuns(head))).toEqual(['completed neutral The review could not be made']);

    broken = false;

    await until('the verdict', () => (/Caution/.test(world.check(head)?.title ?? '') ? true : undefined));
    await world.stop();
  });

  test('runs again when a person asks: for this check, for all checks, or by a command', async () => {
    const world = await openWorld({});
    const { head } = await world.open('topic-5');
    await world.done(head);

    await stage.repo.rerequest(world.check(head)?.id ?? 0);
    await until('the second review', () => (world.reviewed.length === 2 ? true : undefined));
    await stage.repo.rerequestAll(head);
    await until('the third review', () => (world.reviewed.length === 3 ? true : undefined));

    await world.done(head);
    const made = world.checkWrites().filter(({ method }) => method === 'POST');
    expect(made.map(({ body }) => (body as { status: string }).status)).toEqual(Array(3).fill('in_progress'));
    await world.stop();
  });
});

describe('a storm of pushes', () => {
  test('of 50 in a minute is reviewed twice at most, the last time for the newest head', async () => {
    // A minute is twelve seconds here.
    const scale = 0.2;
    const world = await openWorld({ pace: scale });
    const { pull, head } = await world.open('topic-6');
    const heads = [head];
    for (let push = 1; push < 50; push += 1) {
      const next = Date.now() + 1_200 * scale;
      heads.push(await stage.repo.pushToPull(pull, { 'more.yaml': `a: ${push}\n` }));
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - Date.now())));
    }
    const newest = heads.at(-1) ?? '';
    await until('the verdict', () => (/Caution/.test(world.check(newest)?.title ?? '') ? true : undefined));

    expect(world.reviewed.length).toBeLessThanOrEqual(2);
    const running = () => heads.filter((one) => stage.repo.checkRuns(one).some((run) => run.status !== 'completed'));
    await until('no check left running', () => (running().length === 0 ? true : undefined));
    const [comment, ...more] = stage.repo.comments(pull);
    expect(more).toEqual([]);
    expect(comment?.body).toContain(newest.slice(0, 12));
    expect(comment?.history.length).toBeLessThanOrEqual(4);
    await world.stop();
  });
});

describe('a branch whose protection asks for a check of our name', () => {
  test('gets a commit status too where it is bound to no app, in the same words', async () => {
    stage.repo.protect('main', ['fairlead']);
    const world = await openWorld();
    const { pull, head } = await world.open('classic');
    const title = await world.done(head);
    await until('a status', () => stage.repo.statuses(head)[0]);

    await stage.repo.rerequest(world.check(head)?.id ?? 0);
    await until('the second review', () => (world.reviewed.length === 2 ? true : undefined));
    stage.repo.protect('main', ['fairlead'], stage.github.app.id);
    const other = await openWorld();
    const next = await stage.repo.pushToPull(pull, { 'more.yaml': 'a: bound\n' });
    await until('the third review', () => other.reviewed[0]);

    expect(stage.repo.statuses(head)).toEqual([
      expect.objectContaining({ context: 'fairlead', state: 'success', description: title }),
    ]);
    expect(stage.repo.statuses(next)).toEqual([]);
    expect(stage.github.violations).toEqual([]);
    await other.stop();
    await world.stop();
  });
});
