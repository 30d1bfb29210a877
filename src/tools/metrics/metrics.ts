import type { Registry } from 'prom-client';
import { within } from '../within.ts';
import { createLabelGuard } from './label-guard.ts';
import { type LabelsOf, type MetricDescriptor, type MetricName, type MetricsOf, metricList } from './metric-list.ts';

/** Where figures are told. Never throws and never waits: counting must not change what is counted. */
export interface Meter {
  /** Counts one more, or so many. */
  count<N extends MetricsOf<'counter'>>(name: N, labels: LabelsOf<N>, by?: number): void;
  /** In the unit of the name. */
  observe<N extends MetricsOf<'histogram'>>(name: N, labels: LabelsOf<N>, value: number): void;
  set<N extends MetricsOf<'gauge'>>(name: N, labels: LabelsOf<N>, value: number): void;
  /** Raises a gauge by so much; after `clear`, to add up what shares a series. */
  raise<N extends MetricsOf<'gauge'>>(name: N, labels: LabelsOf<N>, by: number): void;
  /** Forgets every series of a gauge, before it is told anew. */
  clear(name: MetricsOf<'gauge'>): void;
}

/** The figures of one server. */
export interface Metrics extends Meter {
  /** What reads figures that nobody tells, each time somebody asks for all; a fault or an overrun leaves the last ones. */
  beforeScrape(read: () => Promise<void>): void;
  /** All figures, in the text format of Prometheus. */
  scrape(): Promise<{ readonly type: string; readonly text: string }>;
}

/** Milliseconds that reading figures may hold a scrape up. */
const READ_DEADLINE = 2_000;

/** A registry of its own, so that several servers can stand in one process. */
export async function createMetrics({ process = true } = {}): Promise<Metrics> {
  // Loaded here: no command but `serve` has figures.
  const client = await import('prom-client');
  const registry = new client.Registry();
  if (process) client.collectDefaultMetrics({ register: registry });
  const series = new Map(
    Object.entries(metricList).map(([name, descriptor]) => [name, seriesOf(name, descriptor, { client, registry })]),
  );
  const reads: (() => Promise<void>)[] = [];
  const of = (name: MetricName): Series => series.get(name) as Series; // made of the same list
  return {
    count: (name, labels, by = 1) => of(name).tell(labels, by),
    observe: (name, labels, value) => of(name).tell(labels, value),
    set: (name, labels, value) => of(name).tell(labels, value),
    raise: (name, labels, by) => of(name).raise(labels, by),
    clear: (name) => of(name).clear(),
    beforeScrape: (read) => void reads.push(read),
    scrape: async () => {
      // What cannot be read is told by /readyz and the log; the other figures are still of use.
      await Promise.all(
        reads.map((read) =>
          within(
            READ_DEADLINE,
            read().catch(() => undefined),
          ),
        ),
      );
      return { type: registry.contentType, text: await registry.metrics() };
    },
  };
}

interface Series {
  tell(labels: Readonly<Record<string, string>>, value: number): void;
  raise(labels: Readonly<Record<string, string>>, by: number): void;
  clear(): void;
}

type Client = typeof import('prom-client');

function seriesOf(
  name: string,
  descriptor: MetricDescriptor,
  { client, registry }: { readonly client: Client; readonly registry: Registry },
): Series {
  const { kind, text, labels, buckets = [] } = descriptor;
  const common = { name, help: text, labelNames: labels.map((label) => label.name), registers: [registry] };
  const guard = createLabelGuard(labels);
  switch (kind) {
    case 'counter': {
      const counter = new client.Counter(common);
      return { ...untold, tell: (values, by) => (by > 0 ? counter.inc(guard(values), by) : undefined) };
    }
    case 'gauge': {
      const gauge = new client.Gauge(common);
      return {
        tell: (values, value) => (Number.isFinite(value) ? gauge.set(guard(values), value) : undefined),
        raise: (values, by) => gauge.inc(guard(values), by),
        clear: () => gauge.reset(),
      };
    }
    case 'histogram': {
      const histogram = new client.Histogram({ ...common, buckets: [...buckets] });
      return { ...untold, tell: (values, value) => (value >= 0 ? histogram.observe(guard(values), value) : undefined) };
    }
    default:
      return kind satisfies never;
  }
}

const untold: Omit<Series, 'tell'> = { raise: () => undefined, clear: () => undefined };
