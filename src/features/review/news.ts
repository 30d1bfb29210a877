import { createHmac } from 'node:crypto';
import { canonicalJson } from '../../formats/json.ts';
import type { News } from '../../gitops/report/new-since.ts';
import type { Change } from '../../model/change.ts';
import type { Finding } from '../../model/finding.ts';
import type { Json } from '../../model/json.ts';
import type { Plan, PlanRun } from '../../model/plan.ts';
import type { RepoRef } from '../../model/repo.ts';
import type { Review } from '../../model/review.ts';
import type { Verdict } from '../../model/verdict.ts';
import type { Store } from '../../world/store/store.ts';

/** Most earlier runs that are kept. */
const keptRuns = 5;

/** The runs of other heads of a pull that people saw, newest first, and what the newest of them said, as marks. */
export interface Before {
  readonly earlier: readonly PlanRun[];
  /** null: not known. */
  readonly marks: ReadonlySet<string> | null;
  /** What people saw last of the pull, of this head or another; null when they saw nothing yet. */
  readonly verdict: Verdict | null;
}

/** What a plan keeps of its review so that the next one can tell what is new: keyed digests, no value. */
export function marksOf(review: Pick<Review, 'findings' | 'changes'>, key: Uint8Array | null): readonly string[] {
  if (key === null) return [];
  const changes = review.changes.filter(({ action }) => action !== 'none');
  return [...new Set([...review.findings.map(findingMark(key)), ...changes.map(changeMark(key))])];
}

/** What was said of a pull before this head, by the plans that are kept; nothing where the store was lost. */
export async function beforeHead(
  { repo, pull, head }: { readonly repo: RepoRef; readonly pull: number; readonly head: string },
  { plans }: { readonly plans: Pick<Store['plans'], 'of'> },
): Promise<Before> {
  const newest = await plans.of(repo, pull, null);
  if (newest === null) return { earlier: [], marks: null, verdict: null };
  const seen = [...runOf(newest), ...(newest.earlier ?? [])];
  const runs = seen.filter((run) => run.head !== head).slice(0, keptRuns);
  const [last] = runs;
  const plan = last === undefined ? null : last.head === newest.head ? newest : await plans.of(repo, pull, last.head);
  const marks = plan?.marks === undefined ? null : new Set(plan.marks);
  return { earlier: runs, marks, verdict: seen[0]?.verdict ?? null };
}

/** What a review says that the run before did not; null where there was none, or nothing is known of it. */
export function newsSince({ earlier, marks }: Omit<Before, 'verdict'>, key: Uint8Array | null): News | null {
  const [last] = earlier;
  if (last === undefined || marks === null || key === null) return null;
  const [ofFinding, ofChange] = [findingMark(key), changeMark(key)];
  return {
    since: last.head,
    isNewFinding: (finding) => !marks.has(ofFinding(finding)),
    isNewChange: (change) => !marks.has(ofChange(change)),
  };
}

/** A plan nobody saw is no run to people. */
function runOf({ head, verdict, shownAt }: Plan): readonly PlanRun[] {
  return shownAt === null ? [] : [{ head, verdict }];
}

/** The line is left out: what only moved is not new. */
function findingMark(key: Uint8Array): (finding: Finding) => string {
  return ({ line: _, ...finding }) => markOf(key, ['finding', finding]);
}

function changeMark(key: Uint8Array): (change: Change) => string {
  return (change) => markOf(key, ['change', change]);
}

/** HMAC-SHA256 of plain data, its first 12 bytes in hex: enough to tell the items of one pull apart. */
function markOf(key: Uint8Array, item: readonly unknown[]): string {
  // The cast: findings and changes are plain data of JSON values, with optional keys left out.
  return createHmac('sha256', key)
    .update(canonicalJson(item as readonly Json[]))
    .digest('hex')
    .slice(0, 24);
}
