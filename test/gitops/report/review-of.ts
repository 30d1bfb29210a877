import type { Change, PathChange } from '../../../src/model/change.ts';
import type { Finding } from '../../../src/model/finding.ts';
import type { Json } from '../../../src/model/json.ts';
import type { Path } from '../../../src/model/path.ts';
import type { ResourceId } from '../../../src/model/resource.ts';
import type { Review } from '../../../src/model/review.ts';
import { type Target, targetId } from '../../../src/model/target.ts';

/** A target of an application in prod. */
export function targetOn(cluster: string, application = 'apps/checkout', environment = 'prod'): Target {
  const parts = { application, environment, cluster };
  return { id: targetId(parts), ...parts, digest: null, error: null };
}

/** An object of the namespace `shop`. */
export function objectOf(kind: string, name: string, group = ''): ResourceId {
  return { group, version: 'v1', kind, namespace: 'shop', name };
}

/** One field that Git changes. */
export function fieldOf(path: Path, before: Json, after: Json): PathChange {
  return { path, before, after, cause: 'git' };
}

/** An update of this pull. */
export function updateOf(target: Target, resource: ResourceId, ...paths: readonly PathChange[]): Change {
  return { target: target.id, part: 'pull', resource, action: 'update', paths };
}

/** A blocker about an object. */
export function blockerOf(target: Target | null, resource: ResourceId, message: string): Finding {
  const place = { file: 'apps/checkout/prod.yaml', line: 12 };
  return { rule: 'data-loss', severity: 'block', target: target?.id ?? null, resource, ...place, message, fix: null };
}

/** A review of targets whose clusters were read, with what a test wants otherwise. */
export function reviewOn(targets: readonly Target[], more: Partial<Review>): Review {
  return {
    verdict: 'ready',
    base: '51ab7d0'.padEnd(40, '0'),
    head: '9f3c2e1'.padEnd(40, '0'),
    targets,
    changes: [],
    findings: [],
    coverage: { applications: targets.length, rendered: targets.length, unownedFiles: [] },
    inputs: [],
    clustersRead: targets.flatMap(({ cluster }) => cluster ?? []).toSorted(),
    gitOnly: null,
    helm: [],
    readAt: '2026-11-22T14:02:11.000Z',
    ...more,
  };
}
