import { beforeAll, describe, expect, test } from '@jest/globals';
import { createGitHub } from '../../../src/world/forge/github/github.ts';
import { until } from '../../support/until.ts';
import { fast, openStage, quiet, type Stage, webhookSecret } from '../../world/forge/github/setup.ts';
import { openReviewWorld } from './world.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});

const retry = { tries: 2, firstWaitMs: 20, longestWaitMs: 20 };

describe('work that is given up', () => {
  test('is told on the pull and its check, once, until a review is made', async () => {
    let broken = true;
    const world = await openReviewWorld({
      ...{ stage, retry },
      midst: async () => {
        if (broken) throw new Error('token=hunter2');
      },
    });
    const { pull, head } = await world.open('given-up');

    const comment = await until('the word', () => stage.repo.comments(pull)[0]);
    await until('the word on the check', () =>
      /given|could not/.test(world.check(head)?.title ?? '') ? true : undefined,
    );
    expect(comment.body).toMatch(
      /The review could not be made.*tried 2 times since \d{4}-\d\d-\d\d \d\d:\d\d UTC, the last time on .*UTC.*`\/fairlead check`/s,
    );
    expect(comment.body).not.toContain('hunter2');
    expect(comment.history).toHaveLength(1);
    expect(world.check(head)).toMatchObject({
      status: 'completed',
      conclusion: 'neutral',
      title: 'The review could not be made',
    });

    broken = false;
    const next = await stage.repo.pushToPull(pull, { 'more.yaml': 'a: 1\n' });
    await world.done(next);
    expect(stage.repo.comments(pull).map(({ body }) => body)).toEqual([expect.stringContaining(next.slice(0, 12))]);
    await world.stop();
  });

  test('is told in the comment alone where the forge takes no check, and is not tried again for it', async () => {
    const world = await openReviewWorld({
      ...{ stage, retry },
      midst: () => Promise.reject(new Error('it breaks')),
    });
    const refused = { kind: 'forbidden', method: ['POST', 'PATCH'], path: /check-runs/, times: 50 } as const;
    stage.github.faults.add(refused);
    const { pull } = await world.open('unchecked');

    await until('the word', () => stage.repo.comments(pull)[0]);
    await world.idle('begin', 'review', 'dead');

    expect(world.failures.filter(({ job }) => job.kind === 'dead')).toEqual([]);
    while (stage.github.faults.take('POST', '/check-runs') !== null);
    await world.stop();
  });

  test('answers the command that nobody could carry out', async () => {
    const world = await openReviewWorld({
      ...{ stage, retry },
      work: (queue) =>
        queue.work('command', async () => {
          throw new Error('it breaks');
        }),
    });
    const { pull } = await world.open('commanded');
    const comment = await stage.repo.addComment(pull, 'mona', '/fairlead status');

    await until('an answer', () => stage.repo.comments(pull).find(({ body }) => /could not be carried out/.test(body)));
    const reactions = () => stage.repo.comments(pull).find(({ id }) => id === comment)?.reactions ?? [];
    await until('a reaction', () => (reactions().some(({ content }) => content === 'confused') ? true : undefined));
    await world.stop();
  });

  test('is only logged where it cannot be told', async () => {
    const world = await openReviewWorld({
      stage,
      retry,
      work: (queue) => queue.work('tell', () => Promise.reject(new Error('no'))),
    });
    const { pull } = await world.open('untold');
    stage.github.faults.add({ kind: 'forbidden', method: 'POST', path: /comments/, times: 20 });
    const repo = stage.port.ref;
    await world.opened.queue.add(
      null,
      { kind: 'tell', payload: { repo, pull } },
      { key: 'tell', replace: true, runAt: null },
    );

    await until('the telling to be dead', () => world.failures.find(({ job, dead }) => dead && job.kind === 'dead'));
    expect(world.failures.filter(({ job }) => job.kind === 'dead')).toHaveLength(2);
    while (stage.github.faults.take('POST', '/comments') !== null);
    await world.stop();
  });

  test('for a pull that is gone ends quietly', async () => {
    const world = await openReviewWorld({
      stage,
      work: (queue) => queue.work('tell', async ({ payload: { pull } }) => void (await stage.port.pull(pull))),
    });
    const { pull, head } = await world.open('erased');
    await world.done(head);
    stage.repo.erasePull(pull);
    const payload = { repo: stage.port.ref, pull };

    await world.opened.queue.add(null, { kind: 'tell', payload }, { key: 'tell', replace: true, runAt: null });

    await until('its end', () => world.gone[0]);
    expect(world.failures).toEqual([]);
    await world.stop();
  });
});

describe('an API that lags behind its events', () => {
  test('never has an older head reviewed as the present one', async () => {
    const world = await openReviewWorld({ stage, pace: 0.01 });
    const { pull, head } = await world.open('lagging');
    await world.done(head);
    stage.repo.lagPull(pull, 2);

    const next = await stage.repo.pushToPull(pull, { 'more.yaml': 'a: 1\n' });
    await world.done(next);

    await until('the end of both', () => world.reviewed[1]);
    expect(world.reviewed).toEqual([`${pull} caution`, `${pull} caution`]);
    expect(stage.repo.checkRuns(head)).toHaveLength(1);
    expect(stage.repo.comments(pull).map(({ body }) => body)).toEqual([expect.stringContaining(next.slice(0, 12))]);
    await world.stop();
  });

  test('is asked again later when it does not catch up', async () => {
    const world = await openReviewWorld({ stage, pace: 0.01 });
    const { pull, head } = await world.open('stuck');
    await world.done(head);
    stage.repo.lagPull(pull, 1_000);

    const next = await stage.repo.pushToPull(pull, { 'more.yaml': 'a: 1\n' });

    await until('another try', () => world.failures.find(({ job }) => job.kind === 'review'));
    expect(world.check(next)?.status).toBe('in_progress');
    const titles = stage.repo.comments(pull)[0]?.history.map((body) => body.split('\n')[1]);
    expect(titles).toEqual([expect.stringMatching(/^### ⚠️ Caution/), expect.stringMatching(/^### 🕓 Outdated/)]);
    await world.stop();
  });
});

describe('a repository without the app', () => {
  test('ends its work quietly, and goes on with it when the app is back', async () => {
    const own = await openStage();
    const { id: appId, privateKey } = own.github.app;
    const common = { webhookSecrets: [webhookSecret], logger: quiet, pace: fast, redact: (text: string) => text };
    const forge = createGitHub({ ...common, appId, privateKey, baseUrl: own.github.apiUrl, now: () => new Date() });
    const world = await openReviewWorld({ stage: { ...own, forge } });
    await own.repo.uninstall();
    // This bot asked for nothing yet, so it remembers nothing of the repository.
    const { pull, head } = await world.open('uninstalled');
    await until('the end of the review', () => world.gone.find(({ kind }) => kind === 'review'));
    expect(world.failures).toEqual([]);

    await own.repo.install();
    await own.repo.touchPull(pull, 'reopened');

    await world.done(head);
    await world.stop();
  });
});
