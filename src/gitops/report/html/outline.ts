import type { Change, Part } from '../../../model/change.ts';
import { type Finding, type Severity, severities } from '../../../model/finding.ts';
import { resourceKey } from '../../../model/resource.ts';
import type { Review } from '../../../model/review.ts';
import type { Target } from '../../../model/target.ts';
import { sortFindings } from '../finding-text.ts';
import { rankChanges, rankTargets } from '../rank.ts';
import { changesOf, placeOf } from '../words.ts';

/** One resource of the tree. */
export interface Entry {
  /** Its place in the page, such as `c12`. */
  readonly id: string;
  readonly change: Change;
  /** What was found about it, gravest first. */
  readonly findings: readonly Finding[];
}

/** One application in one place. */
export interface Group {
  readonly id: string;
  readonly target: Target;
  readonly entries: readonly Entry[];
}

/** One environment and cluster. */
export interface Place {
  readonly id: string;
  readonly name: string;
  readonly groups: readonly Group[];
}

/** The changes of one part as a tree: environment and cluster, application, resource; the gravest first on every level. */
export function outline(review: Review, part: Part): readonly Place[] {
  const prefix = part === 'pull' ? 'c' : 'd';
  const changes = Map.groupBy(changesOf(review, part), ({ target }) => target);
  const found = findingsByResource(review);
  const targets = [...rankTargets(review), ...unlisted(review, changes.keys())];
  let number = 0;
  const groups = targets.flatMap((target, index): readonly Group[] => {
    const entries = rankChanges(review, changes.get(target.id) ?? []).map((change): Entry => {
      number += 1;
      return { id: `${prefix}${number}`, change, findings: found.get(keyOf(change)) ?? [] };
    });
    return entries.length === 0 ? [] : [{ id: `${prefix}g${index + 1}`, target, entries }];
  });
  const places = Map.groupBy(groups, ({ target }) => placeOf(target));
  return [...places].map(([name, inside], index) => ({ id: `${prefix}p${index + 1}`, name, groups: inside }));
}

/** All resources of a tree in the order of the page. */
export function entriesOf(places: readonly Place[]): readonly Entry[] {
  return places.flatMap(({ groups }) => groups.flatMap(({ entries }) => entries));
}

/** The gravest of some findings; null: there is none. */
export function gravest(findings: readonly Finding[]): Severity | null {
  return severities.find((severity) => findings.some((finding) => finding.severity === severity)) ?? null;
}

/** What tells the resources of a review apart. */
export function keyOf({ target, resource }: Pick<Finding | Change, 'target' | 'resource'>): string {
  return `${target ?? ''}\u0000${resource === null ? '' : resourceKey(resource)}`;
}

function findingsByResource(review: Review): ReadonlyMap<string, readonly Finding[]> {
  return Map.groupBy(
    sortFindings(review.findings).filter(({ resource }) => resource !== null),
    keyOf,
  );
}

/** Targets that only changes name: shown all the same, so that nothing is left out. */
function unlisted(review: Review, ids: Iterable<string>): readonly Target[] {
  const listed = new Set(review.targets.map(({ id }) => id));
  const others = [...ids].filter((id) => !listed.has(id));
  return others.map((id) => ({ id, application: id, environment: null, cluster: null, digest: null, error: null }));
}
