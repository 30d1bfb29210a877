import { stringifyJson } from '../formats/json.ts';
import { visible } from '../formats/markdown.ts';
import type { Application } from '../model/target.ts';

/** The applications as JSON. */
export function jsonText(applications: readonly Application[]): string {
  const rows = applications.map(({ name, root, renderer, environment, valuesFiles }) => ({
    name,
    root,
    renderer,
    environment,
    valuesFiles,
  }));
  return `${stringifyJson({ schemaVersion: 1, applications: rows }, 2)}\n`;
}

/** The applications as a table. */
export function prettyText(applications: readonly Application[]): string {
  if (applications.length === 0) return 'no kustomization, chart or manifest found\n';
  const rows = applications.map(({ name, environment, renderer, root, valuesFiles }) =>
    [name, environment ?? '—', renderer, [root === '' ? '.' : root, ...valuesFiles].join(' + ')].map(visible),
  );
  const all = [['APPLICATION', 'ENVIRONMENT', 'RENDERER', 'FILES'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return `${all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')}\n`;
}
