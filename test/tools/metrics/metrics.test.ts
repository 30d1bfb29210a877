import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { knownRules } from '../../../src/tools/metrics/known-rules.ts';
import { createLabelGuard } from '../../../src/tools/metrics/label-guard.ts';
import { type MetricDescriptor, metricList } from '../../../src/tools/metrics/metric-list.ts';
import { createMetrics, type Metrics } from '../../../src/tools/metrics/metrics.ts';
import { metricTable } from '../../../src/tools/metrics/reference.ts';
import { seriesOf } from '../../support/metric-series.ts';

const root = resolve(import.meta.dirname, '../../..');

async function scraped(metrics: Metrics, name: string) {
  return seriesOf((await metrics.scrape()).text, name);
}

const hostile = (index: number): string =>
  ['"} 1\nfairlead_evil 2 #', '\u0000', 'x'.repeat(5000), '\ud800', '__proto__', 'constructor', '%{x}', '<script>'][
    index % 8
  ] + String(index);

describe('labels of foreign origin', () => {
  test('hostile events and rules are one series each', async () => {
    const metrics = await createMetrics({ process: false });
    for (let index = 0; index < 5_000; index += 1) {
      metrics.count('fairlead_webhooks_total', { event: hostile(index), result: 'accepted' });
      metrics.count('fairlead_findings_total', { rule: hostile(index), severity: 'block' });
    }
    metrics.count('fairlead_webhooks_total', { event: 'push', result: 'accepted' });

    expect(await scraped(metrics, 'fairlead_webhooks_total')).toEqual(
      new Map([
        ['fairlead_webhooks_total{event="other",result="accepted"}', 5000],
        ['fairlead_webhooks_total{event="push",result="accepted"}', 1],
      ]),
    );
    expect((await scraped(metrics, 'fairlead_findings_total')).size).toBe(1);
    expect((await metrics.scrape()).text).not.toMatch(/^fairlead_evil/m);
  });

  test('environments, clusters and applications are bounded, and what is beyond still counts', async () => {
    const metrics = await createMetrics({ process: false });
    for (let index = 0; index < 20_000; index += 1) {
      const labels = { environment: hostile(index), cluster: `c${index % 300}`, application: `a${index}` };
      metrics.raise('fairlead_drifted_resources', labels, 1);
    }

    const series = await scraped(metrics, 'fairlead_drifted_resources');
    expect(series.size).toBeLessThanOrEqual(2_001);
    expect([...series.values()].reduce((sum, value) => sum + value)).toBe(20_000);
    expect(Math.max(...[...series.keys()].map(({ length }) => length))).toBeLessThan(700);
  });

  test('values met early keep their series when others overflow', () => {
    const guard = createLabelGuard([{ name: 'cluster', values: { most: 2 } }], 10);

    const seen = ['one', 'two', 'three', 'one'].map((cluster) => guard({ cluster })['cluster']);

    expect(seen).toEqual(['one', 'two', 'other', 'one']);
  });
});

describe('the list', () => {
  test.each(Object.entries<MetricDescriptor>(metricList))('%s follows the naming rules', (name, descriptor) => {
    const { kind, labels, buckets = [] } = descriptor;

    expect(name).toMatch(/^fairlead_[a-z_]+$/);
    expect(name.endsWith('_total')).toBe(kind === 'counter');
    if (kind === 'histogram') expect(name).toMatch(/_seconds$/);
    expect(buckets).toEqual([...buckets].sort((one, other) => one - other));
    for (const label of labels) expect(label.name).not.toMatch(/pull|pr|sha|commit|user|actor|author|delivery|url/);
  });

  test('names every rule our checks have', () => {
    const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
    const text = files
      .filter((path) => path.endsWith('.ts') && !path.startsWith('pretend'))
      .map((path) => readFileSync(join(root, 'src', path), 'utf8'))
      .join('\n');
    const found = [
      ...[...text.matchAll(/\brule(?::| =) '([a-z]+-[a-z-]+)'/g)].map(([, rule]) => rule),
      ...[...text.matchAll(/\b[a-z][A-Za-z]*Rule = '([a-z-]+)'/g)].map(([, rule]) => rule),
      ...readdirSync(join(root, 'policies')),
    ];

    expect(found.length).toBeGreaterThan(30);
    expect([...new Set(found)].filter((rule) => !knownRules.includes(rule ?? ''))).toEqual([]);
  });

  test('names every kind of job', () => {
    const text = readFileSync(join(root, 'src/model/jobs.ts'), 'utf8');
    const [, body = ''] = /interface JobPayloads \{(.*?)\n\}/s.exec(text) ?? [];
    const kinds = [...body.matchAll(/^ {2}readonly (\w+): /gm)].map(([, kind]) => kind);

    expect(kinds.length).toBeGreaterThan(10);
    expect(metricList.fairlead_jobs_total.labels[0].values).toEqual(expect.arrayContaining(kinds));
  });

  test('is the table of docs/operation.md; write-metrics.ts beside this test renews it', () => {
    expect(readFileSync(join(root, 'docs/operation.md'), 'utf8')).toContain(metricTable());
  });
});

describe('a scrape', () => {
  test('reads what nobody tells, and does without what cannot be read', async () => {
    const metrics = await createMetrics({ process: false });
    let depth = 3;
    metrics.beforeScrape(async () => {
      metrics.clear('fairlead_queue_depth');
      metrics.set('fairlead_queue_depth', { kind: 'review', state: 'waiting' }, depth);
    });
    metrics.beforeScrape(() => Promise.reject(new Error('the store is gone')));
    await metrics.scrape();
    depth = 4;

    expect([...(await scraped(metrics, 'fairlead_queue_depth')).values()]).toEqual([4]);
  });

  test('two servers in one process count apart', async () => {
    const [one, other] = [await createMetrics({ process: false }), await createMetrics({ process: false })];

    one.count('fairlead_dead_jobs_total', { kind: 'review' });

    expect((await scraped(one, 'fairlead_dead_jobs_total')).size).toBe(1);
    expect((await scraped(other, 'fairlead_dead_jobs_total')).size).toBe(0);
  });

  test('tells of the process too: memory, processor time, event loop', async () => {
    const { text, type } = await (await createMetrics()).scrape();

    expect(type).toMatch(/^text\/plain; version=0\.0\.4/);
    for (const name of [
      'process_resident_memory_bytes',
      'process_cpu_seconds_total',
      'nodejs_eventloop_lag_p99_seconds',
    ])
      expect(text).toMatch(new RegExp(`^${name}(\\{| )`, 'm'));
  });
});
