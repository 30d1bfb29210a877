import { type MetricDescriptor, metricList } from './metric-list.ts';

/** The table of metrics for the docs. */
export function metricTable(): string {
  const rows = Object.entries<MetricDescriptor>(metricList).map(
    ([name, { kind, labels, text }]) => `| \`${name}\` | ${kind} | ${labels.map(labelText).join(', ')} | ${text} |`,
  );
  return ['| metric | kind | labels | what it says |', '|---|---|---|---|', ...rows, ''].join('\n');
}

function labelText({ name, values }: MetricDescriptor['labels'][number]): string {
  return 'most' in values ? `\`${name}\` (at most ${values.most})` : `\`${name}\``;
}
