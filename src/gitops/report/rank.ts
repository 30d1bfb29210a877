import type { Change } from '../../model/change.ts';
import { resourceKey } from '../../model/resource.ts';
import type { Review } from '../../model/review.ts';
import type { Target } from '../../model/target.ts';
import { changesOf } from './words.ts';

/** Targets, gravest first: blockers, unknowns, cautions, deletes, then size, then name. */
export function rankTargets(review: Review): readonly Target[] {
  const risk = new Map(review.targets.map((target) => [target.id, targetRisk(review, target)]));
  return [...review.targets].sort(
    (one, other) => compare(risk.get(other.id) ?? [], risk.get(one.id) ?? []) || (one.id < other.id ? -1 : 1),
  );
}

/** Changes, gravest first: those with findings, deletes and recreations, updates, adoptions, creates, then by name. */
export function rankChanges(review: Review, changes: readonly Change[]): readonly Change[] {
  const order = { delete: 0, recreate: 1, update: 2, adopt: 3, create: 4, none: 5 } as const;
  const found = gravestByResource(review);
  const sortKeys = new Map(
    changes.map((change) => {
      const key = resourceKey(change.resource);
      const risk = Math.max(found.get(`${change.target}\u0000${key}`) ?? 0, destroys(change) ? 1.5 : 0);
      return [change, { rank: [risk, -order[change.action]], key }] as const;
    }),
  );
  return [...changes].sort((one, other) => {
    const [a, b] = [sortKeys.get(one), sortKeys.get(other)];
    return compare(b?.rank ?? [], a?.rank ?? []) || byText(a?.key ?? '', b?.key ?? '');
  });
}

/** Whether a finding of caution or above is about the object of a change. */
export function remarked(review: Review): (change: Change) => boolean {
  const found = gravestByResource(review);
  return ({ target, resource }) => (found.get(`${target}\u0000${resourceKey(resource)}`) ?? 0) > 0;
}

function destroys({ action }: Change): boolean {
  return action === 'delete' || action === 'recreate';
}

function byText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function gravestByResource(review: Review): ReadonlyMap<string, number> {
  const graves = { block: 2, caution: 1, note: 0 } as const;
  const found = new Map<string, number>();
  for (const finding of review.findings) {
    if (finding.resource === null) continue;
    const key = `${finding.target ?? ''}\u0000${resourceKey(finding.resource)}`;
    found.set(key, Math.max(found.get(key) ?? 0, graves[finding.severity]));
  }
  return found;
}

function targetRisk(review: Review, target: Target): readonly number[] {
  const of = (severity: string): number =>
    review.findings.filter((finding) => finding.target === target.id && finding.severity === severity).length;
  const changes = changesOf(review, 'pull', target.id);
  const deletes = changes.filter((change) => change.action === 'delete').length;
  return [of('block'), target.error === null ? 0 : 1, of('caution'), deletes, changes.length];
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (const [index, value] of one.entries()) {
    const difference = value - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
