import { ownerName } from '../../gitops/diff/owners.ts';
import type { FieldConflict } from '../../model/takeover.ts';

const owner = String.raw`"([^"]+)"(?: with subresource "([^"]+)")?(?: using [\w./-]+)?`;
const single = new RegExp(String.raw`\bconflict with ${owner}: (\..+?)\.?$`);
const listed = new RegExp(String.raw`(?:^|[(;] ?)(\.[^;]+?): conflict with ${owner}`, 'g');

/** The conflicts a refused server-side apply (409) names, by field: the server's own order is random. None when it was refused for something else. */
export function readConflicts(message: string): readonly FieldConflict[] {
  const start = message.indexOf('Apply failed with ');
  if (start === -1) return [];
  const text = message.slice(start);
  const [, manager, subresource, field] = single.exec(text) ?? [];
  if (manager !== undefined && field !== undefined) return [{ field, owner: ownerName(manager, subresource ?? null) }];
  return [...text.matchAll(listed)]
    .map(([, path = '', name = '', part]) => ({ field: path, owner: ownerName(name, part ?? null) }))
    .sort((one, other) => (one.field < other.field ? -1 : Number(one.field > other.field)));
}

/** Whether a refusal was read to its last conflict: the server counts them. */
export function isReadWhole(message: string, conflicts: readonly FieldConflict[]): boolean {
  return Number(/Apply failed with (\d+) conflict/.exec(message)?.[1] ?? 0) === conflicts.length;
}
