import type { JsonObject } from './json.ts';

/** One decision or write, never changed afterwards; each row holds the hash of the one before it. */
export interface AuditRow {
  /** 1, 2, 3, ... without gaps. */
  readonly sequence: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Login, or `fairlead`. */
  readonly actor: string;
  /** Kebab-case verb, such as `deploy-accepted`, `object-applied`, `command-refused`. */
  readonly action: string;
  /** What it was done to: `github:42#17`, a target id, `D-17`. */
  readonly subject: string;
  /** Facts of it; holds no secret value. */
  readonly data: JsonObject;
  /** Hex SHA-256 over the row and the hash before it. */
  readonly previous: string;
  readonly hash: string;
}

/** A row before it is chained. */
export type AuditEntry = Pick<AuditRow, 'actor' | 'action' | 'subject' | 'data'>;

/** Things that one row names at most. */
const mostNamed = 100;

/** A list in as many parts as it takes for one row each: no row grows without bound. None of an empty list. */
export function inRows<T>(list: readonly T[]): readonly (readonly T[])[] {
  const starts = Array.from({ length: Math.ceil(list.length / mostNamed) }, (_, index) => index * mostNamed);
  return starts.map((start) => list.slice(start, start + mostNamed));
}

/** Rows that name the resources (keys). None for none. */
export function rowsNaming(entry: AuditEntry, resources: readonly string[]): readonly AuditEntry[] {
  return inRows(resources).map((some) => ({ ...entry, data: { ...entry.data, resources: some } }));
}
