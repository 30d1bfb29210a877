import { code } from '../../formats/markdown.ts';
import type { Drift, FieldOwner } from '../../model/drift.ts';
import { formatResource } from '../../model/resource.ts';
import { clip, name, type TableHead } from './compose.ts';
import { clockText } from './deployment-words.ts';

const left = 'left' as const;

/** Columns of a table of drift. */
export const driftColumns: TableHead = {
  names: ['Resource', 'Field', 'Git', 'Live', 'Changed by', 'Since'],
  align: [left, left, left, left, left, left],
};

/** The columns on the board, where every row says how to put it right. */
export const boardColumns: TableHead = {
  names: [...driftColumns.names, 'Put Git back, or adopt the live value'],
  align: [...driftColumns.align, left],
};

/** One drifted field as a row of `driftColumns`. */
export function driftRow(drift: Drift): readonly string[] {
  return [
    name(formatResource(drift.resource)),
    drift.path === '' ? 'whole object' : code(clip(drift.path, 160)),
    value(drift.git, drift.path),
    drift.path === '' && drift.live === null ? 'missing' : value(drift.live, drift.path),
    ownerText(drift.owner),
    clockText(drift.owner?.since ?? drift.firstSeen),
  ];
}

/** The same as a row of `boardColumns`, with the exact commands. */
export function boardRow(drift: Drift): readonly string[] {
  const adopted = drift.adoptPull === null ? name(`/fairlead adopt ${drift.id}`) : `pull ${drift.adoptPull} adopts it`;
  return [...driftRow(drift), `${name(`/fairlead heal ${drift.id}`)} · ${adopted}`];
}

/** Same rows, same order, whatever order they were found in. */
export function sortDrift(drifts: readonly Drift[]): readonly Drift[] {
  const key = (drift: Drift): string =>
    [drift.environment, drift.application, drift.cluster, formatResource(drift.resource), drift.path, drift.id].join(
      '\u0000',
    );
  return [...drifts].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}

function value(text: string | null, path: string): string {
  if (text === null) return path === '' ? '—' : 'absent';
  return text === '' ? '(empty)' : code(clip(text, 120));
}

function ownerText(owner: FieldOwner | null): string {
  if (owner === null) return 'not known';
  const part = owner.subresource === null ? '' : ` (${name(owner.subresource)})`;
  return `${name(owner.manager)}${part}`;
}
