import { stringifyJson } from '../formats/json.ts';
import { clockText } from '../gitops/report/deployment-words.ts';
import type { ObjectName } from './object-name.ts';
import { tableText } from './table-text.ts';
import type { Traced, TraceEntry } from './trace-gather.ts';

/** Documented JSON. */
export function traceJson({ repo, object, entries }: Traced): string {
  const rows = entries.map((entry) => ({ ...entry }));
  return `${stringifyJson({ schemaVersion: 1, repository: repo.fullName, object: { ...object }, entries: rows }, 2)}\n`;
}

/** A table for people. */
export function tracePretty({ repo, object, entries }: Traced): string {
  if (entries.length === 0) return `nothing is known of ${nameOf(object)} in ${repo.fullName}\n`;
  return tableText(['WHEN', 'WHO', 'PULL', 'COMMIT', 'TARGET', 'WHAT'], entries.map(cells));
}

function cells({ at, kind, who, pull, commit, target, what }: TraceEntry): readonly string[] {
  const number = pull === null ? '' : String(pull);
  return [clockText(at), who, number, commit?.slice(0, 7) ?? '', target, `${kind}: ${what}`];
}

function nameOf({ kind, namespace, name }: ObjectName): string {
  return namespace === null ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}
