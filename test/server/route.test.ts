import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { QueuedJob } from '../../src/model/jobs.ts';
import { assertJob, beginJob, mergedJob, pullJob, sweepJob } from '../../src/model/queued.ts';
import { lastingJobs, routeEvent } from '../../src/server/route.ts';
import type { ForgeEvent } from '../../src/world/forge/receiver.ts';
import { openSqlite } from '../../src/world/store/sqlite/sqlite.ts';
import { shop as repo } from '../support/deployments.ts';

const head = 'a'.repeat(40);
const thread = { kind: 'pull', number: 17 } as const;

const ref = 'refs/heads/gh-readonly-queue/main/pr-17-a';
const group = { repo, head, base: 'b'.repeat(40), ref, branch: 'main', pull: 17, isOver: false };

const said = (event: ForgeEvent) => routeEvent(event).map(({ job, key, replace }) => `${job.kind} ${key} ${replace}`);

describe('an event', () => {
  test.each<readonly [ForgeEvent, readonly string[]]>([
    [{ kind: 'pull-changed', repo, pull: 17, head }, ['begin begin:github:42#17 true']],
    [
      { kind: 'pull-merged', repo, pull: 17, branch: 'main' },
      ['merged merged:github:42:main#17 false', 'ended ended:github:42#17 false'],
    ],
    [{ kind: 'pull-closed', repo, pull: 17 }, ['ended ended:github:42#17 false', 'review review:github:42#17 true']],
    [
      { kind: 'branch-moved', repo, branch: 'main', head, before: null },
      ['branch branch:github:42:main true', 'merged merged:github:42:main false', 'sweep sweep:github:42:main true'],
    ],
    [{ kind: 'group-changed', ...group }, [`group group:github:42:${head} true`]],
    // In place of the waiting one: what is over is not looked at.
    [{ kind: 'group-changed', ...group, isOver: true }, [`group group:github:42:${head} true`]],
    [{ kind: 'repo-seen', repo, isBack: false }, []],
    [{ kind: 'repo-seen', repo, isBack: true }, ['sweep sweep:github:42 true']],
    [{ kind: 'check-rerequested', repo, head }, [`check check:github:42:${head} true`]],
    [{ kind: 'comment-created', repo, thread, comment: 5, author: 'ann' }, ['command command:github:42:5 false']],
  ])('%j means work', (event, expected) => {
    expect(said(event)).toEqual(expected);
  });

  test('of a branch that moved tells how far back it reaches', () => {
    const [, merged] = routeEvent({ kind: 'branch-moved', repo, branch: 'main', head, before: 'b' });

    expect(merged?.job.payload).toEqual({ repo, branch: 'main', before: 'b' });
  });

  test('gives every job that may wait at the same time a key of its own', () => {
    const comments = [5, 6].flatMap((comment) =>
      routeEvent({ kind: 'comment-created', repo, thread, comment, author: 'a' }),
    );
    const pulls = [1, 2].flatMap((pull) => routeEvent({ kind: 'pull-changed', repo, pull, head }));
    const keys = [...comments, ...pulls].map(({ key }) => key);

    expect(new Set(keys).size).toBe(4);
  });
});

describe('of jobs that are added at once those that last', () => {
  const later = new Date('2030-01-01T00:00:00Z');
  const pool: readonly QueuedJob[] = [
    ...['a', 'b', 'c'].map((to) => beginJob(repo, 1, { head: to, before: null })),
    ...['a', 'b', 'c'].map((to) => mergedJob(repo, 'main', to)),
    ...[1, 2].flatMap((pull) => [pullJob(repo, pull, 'pull'), pullJob(repo, pull, 'base'), assertJob(repo, pull)]),
    ...[sweepJob(repo), sweepJob(repo, later)],
  ];

  test('lead to the queue that all of them lead to', async () => {
    const { held, close } = await openQueue();
    const picked = fc.array(fc.constantFrom(...pool), { maxLength: 12 });

    await fc.assert(
      fc.asyncProperty(picked, async (picks) => {
        const jobs = picks.map((job) => ({ ...job }));

        expect(await held([...lastingJobs(jobs)])).toEqual(await held(jobs));
      }),
      { numRuns: 100 },
    );
    await close();
  });

  test('are the newest of those that replace, and the first of those that do not', () => {
    const [first, second] = ['a', 'b'].map((to) => beginJob(repo, 1, { head: to, before: null }));
    const [earlier, after] = ['a', 'b'].map((to) => mergedJob(repo, 'main', to));
    const jobs = [first, earlier, second, after].filter((job) => job !== undefined);

    expect([...lastingJobs(jobs)]).toEqual([second, earlier]);
  });
});

/** A queue that runs nothing, and what it holds when just these jobs were added to it, in one transaction. */
async function openQueue() {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-route-'));
  const path = join(folder, 'fairlead.db');
  const opened = await openSqlite({ path, lock: false, now: () => new Date('2026-01-01T00:00:00Z'), random: () => 0 });
  const rows = new DatabaseSync(path);
  return {
    held: async (jobs: readonly QueuedJob[]): Promise<readonly object[]> => {
      rows.exec('delete from jobs');
      await opened.store.transaction(async (tx) => {
        for (const { job, ...options } of jobs) await opened.queue.add(tx, job, options);
      });
      return rows.prepare('select kind, key, payload, replaces, run_at, state from jobs order by kind, key').all();
    },
    close: async () => {
      rows.close();
      await opened.close();
      await rm(folder, { recursive: true });
    },
  };
}
