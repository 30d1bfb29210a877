import { stringifyJson } from '../formats/json.ts';
import { clockText } from '../gitops/report/deployment-words.ts';
import { sortDrift } from '../gitops/report/drift-table.ts';
import type { Drift } from '../model/drift.ts';
import type { RepoRef } from '../model/repo.ts';
import { formatResource } from '../model/resource.ts';
import { tableText } from './table-text.ts';

/** Longest value shown in a cell, in UTF-16 code units. */
const longest = 60;

/** Documented JSON. */
export function driftJson(repo: RepoRef, drift: readonly Drift[]): string {
  const rows = sortDrift(drift).map(({ id, application, environment, cluster, resource, path, git, live, ...row }) => {
    const changedBy = row.owner === null ? null : { ...row.owner };
    const { firstSeen, lastSeen, adoptPull, commit } = row;
    return {
      ...{ id, application, environment, cluster, resource: { ...resource }, path, git, live },
      ...{ changedBy, firstSeen, lastSeen, adoptPull, commit },
    };
  });
  return `${stringifyJson({ schemaVersion: 1, repository: repo.fullName, drift: rows }, 2)}\n`;
}

/** A table for people. */
export function driftPretty(repo: RepoRef, drift: readonly Drift[]): string {
  if (drift.length === 0) return `nothing of ${repo.fullName} drifted\n`;
  const head = ['ENVIRONMENT', 'CLUSTER', 'RESOURCE', 'FIELD', 'GIT', 'LIVE', 'CHANGED BY', 'SINCE', 'ID'];
  return tableText(head, sortDrift(drift).map(cells));
}

function cells({ environment, cluster, resource, path, git, live, owner, firstSeen, id }: Drift): readonly string[] {
  const subresource = owner?.subresource ?? null;
  return [
    ...[environment, cluster, formatResource(resource)],
    path === '' ? 'whole object' : path,
    valueText(git),
    path === '' && live === null ? 'missing' : valueText(live),
    owner === null ? '' : `${owner.manager}${subresource === null ? '' : ` (${subresource})`}`,
    clockText(owner?.since ?? firstSeen),
    id,
  ];
}

function valueText(value: string | null): string {
  if (value === null) return 'absent';
  if (value === '') return '(empty)';
  return value.length > longest ? `${value.slice(0, longest - 1)}…` : value;
}
