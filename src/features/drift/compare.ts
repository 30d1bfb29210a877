import { createHash } from 'node:crypto';
import type { ChangeSet } from '../../engines/engine.ts';
import { maskChanges } from '../../formats/redaction/mask-changes.ts';
import { foreignOwners } from '../../gitops/diff/owners.ts';
import type { Change, PathChange } from '../../model/change.ts';
import type { Drift } from '../../model/drift.ts';
import type { Json } from '../../model/json.ts';
import { formatPath } from '../../model/path.ts';
import { type RepoRef, repoKey } from '../../model/repo.ts';
import { resourceKey } from '../../model/resource.ts';
import type { KnownTarget } from './baseline.ts';

/** What one comparison saw of a target. */
export interface Seen {
  readonly repo: RepoRef;
  readonly target: KnownTarget;
  readonly commit: string;
  readonly manager: string;
  readonly set: ChangeSet;
  readonly now: Date;
  /** Hides secret values of live objects. */
  readonly redact: (text: string) => string;
  /** Rows that were open before. */
  readonly open: readonly Drift[];
}

/** Rows to be written: new and lasting ones, and those that are gone. Pure. */
export function driftRows(seen: Seen): readonly Drift[] {
  const found = maskChanges(seen.set.changes, seen.redact).flatMap((change) => rowsOf(change, seen));
  const ids = new Set(found.map(({ id }) => id));
  const at = seen.now.toISOString();
  // What could not be read is not gone.
  const gone = seen.set.error === null ? seen.open.filter(({ id }) => !ids.has(id)) : [];
  return [
    ...found,
    ...gone.map((row): Drift => ({ ...row, lastSeen: at, resolvedAt: at, resolution: row.resolution ?? 'gone' })),
  ];
}

function rowsOf(change: Change, seen: Seen): readonly Drift[] {
  if (change.part !== 'already') return [];
  if (change.action === 'create') return [row(change, null, seen)];
  // What a webhook or default adds is not drift: only what Git sets is.
  return change.paths.filter(({ cause }) => cause !== 'admission').map((path) => row(change, path, seen));
}

function row(change: Change, path: PathChange | null, { repo, target, commit, manager, set, now, open }: Seen): Drift {
  const { resource } = change;
  const where = path === null ? '' : formatPath(path.path);
  const id = driftId(repo, target.id, `${resourceKey(resource)}\u0000${where}`);
  const live = set.live.get(resourceKey(resource)) ?? null;
  const [owner] = path === null || live === null ? [] : foreignOwners(live, path.path, manager);
  const before = open.find((one) => one.id === id);
  const at = now.toISOString();
  return {
    ...{ id, repo, target: target.id, application: target.application, environment: target.environment },
    ...{ cluster: target.cluster, resource, path: where, commit, owner: owner ?? null },
    git: path === null ? 'present' : text(path.after),
    live: path === null ? null : text(path.before),
    firstSeen: before?.firstSeen ?? at,
    lastSeen: at,
    resolvedAt: null,
    resolution: null,
    adoptPull: before?.adoptPull ?? null,
  };
}

/** The same difference has the same id for as long as it is the same field. */
function driftId(repo: RepoRef, target: string, rest: string): string {
  const hash = createHash('sha256')
    .update(`${repoKey(repo)}\u0000${target}\u0000${rest}`)
    .digest('hex');
  return `d-${hash.slice(0, 8)}`;
}

function text(value: Json): string | null {
  if (value === null) return null;
  return typeof value === 'object'
    ? JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? Number(one) : one))
    : String(value);
}
