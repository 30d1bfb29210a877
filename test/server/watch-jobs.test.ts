import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FairleadError } from '../../src/model/error.ts';
import type { Job } from '../../src/model/jobs.ts';
import { createFaultTellers } from '../../src/server/tell-faults.ts';
import { type Watch, watchQueue } from '../../src/server/watch-jobs.ts';
import { createLog } from '../../src/tools/log/log.ts';
import { createMetrics, type Metrics } from '../../src/tools/metrics/metrics.ts';
import { noTracer } from '../../src/tools/trace/tracer.ts';
import type { Queue } from '../../src/world/store/queue.ts';
import { type OpenedStore, openSqlite } from '../../src/world/store/sqlite/sqlite.ts';
import { seriesOf } from '../support/metric-series.ts';
import { until } from '../support/until.ts';

const repo = { forge: 'github', id: 42, fullName: 'acme/shop', installation: 7 };
let lines: Record<string, unknown>[];
let meter: Metrics;
let opened: OpenedStore;
let queue: Queue;
let watch: Watch;
beforeEach(async () => {
  lines = [];
  meter = await createMetrics({ process: false });
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
  const log = createLog({ level: 'debug', format: 'json', redact: (text) => text, write });
  watch = { log, meter, tracer: noTracer };
  const faults = createFaultTellers(watch, (text) => text);
  opened = await openSqlite({
    ...{ path: ':memory:', lock: false, now: () => new Date(), random: () => 0, ...faults },
    retry: { tries: 3, firstWaitMs: 1, longestWaitMs: 1 },
  });
  queue = watchQueue(opened.queue, watch);
});
afterEach(() => opened.close());

const options = (key: string) => ({ key, replace: false, runAt: null });
const said = (what: string) => lines.filter(({ msg }) => msg === what);

describe('a job', () => {
  test('hands its webhook on to the jobs it leads to, and its handler sees nothing of that', async () => {
    const seen: Job[] = [];
    queue.work('ingest', async (job) => {
      seen.push(job);
      await queue.add(null, { kind: 'review', payload: { repo, pull: 3, reason: 'pull' } }, options('review:3'));
    });
    queue.work('review', async (job) => {
      seen.push(job);
      watch.log.logger.info('reviewed');
    });
    await queue.add(null, { kind: 'ingest', payload: { forge: 'github', delivery: 'd-1' } }, options('ingest:d-1'));
    queue.start();
    const [line] = await until('the review', () => (said('reviewed').length > 0 ? said('reviewed') : undefined));

    expect(line).toMatchObject({
      job: 'review',
      jobKey: 'review:3',
      delivery: 'd-1',
      repository: 'acme/shop',
      pull: 3,
    });
    expect(seen).toEqual([
      { kind: 'ingest', payload: { forge: 'github', delivery: 'd-1' } },
      { kind: 'review', payload: { repo, pull: 3, reason: 'pull' } },
    ]);
  });

  test('that comes again by the clock goes back to no webhook', async () => {
    let runs = 0;
    const sweep = { kind: 'sweep', payload: { repo } } as const;
    queue.work('sweep', async () => {
      watch.log.logger.info('swept');
      runs += 1;
      if (runs === 1) await queue.add(null, sweep, options('sweep'));
    });
    await watch.log.within({ delivery: 'd-9' }, () => queue.add(null, sweep, options('sweep')));
    queue.start();
    await until('both sweeps', () => (runs === 2 ? true : undefined));

    expect(said('swept').map(({ delivery }) => delivery)).toEqual(['d-9', undefined]);
  });

  test('that fails is a warning for each try and an error once, when it is given up; all are counted', async () => {
    queue.work('board', () =>
      Promise.reject(new FairleadError({ code: 'broken', message: 'it broke', subject: 'x', remedy: 'Mend it.' })),
    );
    await queue.add(null, { kind: 'board', payload: { repo } }, options('board'));
    queue.start();
    await until('the end', () => (said('job given up').length > 0 ? true : undefined));

    const levels = lines.map(({ level }) => level);
    expect(levels.filter((level) => level === 50)).toHaveLength(1);
    expect(said('job given up')).toMatchObject([{ job: 'board', code: 'broken', remedy: 'Mend it.', dead: true }]);
    expect(said('job failed, it is tried again').length).toBe(levels.length - 1);
    const { text } = await meter.scrape();
    expect(seriesOf(text, 'fairlead_dead_jobs_total').get('fairlead_dead_jobs_total{kind="board"}')).toBe(1);
    expect(seriesOf(text, 'fairlead_jobs_total').get('fairlead_jobs_total{kind="board",result="failed"}')).toBe(
      levels.length,
    );
  });
});

test('a queue that goes on failing is an error once, another fault is one again', () => {
  const { onFault } = createFaultTellers(watch, (text) => text);
  const fault = (code: string) => new FairleadError({ code, message: code, subject: 'store', remedy: '' });

  for (const code of ['store-failed', 'store-failed', 'store-failed', 'store-full', 'store-full']) onFault(fault(code));

  expect(lines.filter(({ level }) => level === 50).map(({ code }) => code)).toEqual(['store-failed', 'store-full']);
});
