import { expect, test } from '@jest/globals';
import type { JobKind } from '../../src/model/jobs.ts';
import { rankCalls } from '../../src/server/rank-calls.ts';
import { urgencyNow } from '../../src/world/forge/calls/urgency.ts';
import { openSqlite } from '../../src/world/store/sqlite/sqlite.ts';
import { until } from '../support/until.ts';

test('what deploys or answers a person calls the forge urgently, reviews do not; all else is the queue as it was', async () => {
  const now = () => new Date();
  const { queue, close } = await openSqlite({ path: ':memory:', now, random: () => 0 });
  const ranked = rankCalls(queue);
  const seen = new Map<string, string>();
  const repo = { forge: 'github', id: 1, fullName: 'acme/gitops', installation: 1 };
  const jobs = [
    { kind: 'deploy', payload: { deployment: 'd-1' } },
    { kind: 'tell', payload: { repo, pull: 1 } },
    { kind: 'review', payload: { repo, pull: 1, reason: 'pull' } },
    { kind: 'sweep', payload: { repo } },
  ] as const;
  for (const kind of jobs.map((job) => job.kind) as JobKind[])
    ranked.work(kind, async (job) => {
      await Promise.resolve();
      seen.set(job.kind, urgencyNow());
    });
  for (const job of jobs) await ranked.add(null, job, { key: job.kind, replace: false, runAt: null });

  ranked.start();
  await until('all jobs', () => (seen.size === jobs.length ? true : undefined));

  expect(Object.fromEntries(seen)).toEqual({ deploy: 'urgent', tell: 'urgent', review: 'ordinary', sweep: 'ordinary' });
  await ranked.drain(1_000);
  expect(await ranked.size()).toBe(0);
  await close();
});
