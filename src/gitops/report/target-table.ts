import { code, table } from '../../formats/markdown.ts';
import type { Review } from '../../model/review.ts';
import type { Target } from '../../model/target.ts';
import { rankTargets } from './rank.ts';
import { changesOf, tally } from './words.ts';

/** Most rows; above it there is one row per environment and cluster. */
const rowLimit = 30;

/** The table at a glance: what is added, changed and removed where, and whether the cluster was as Git says. */
export function targetTable(review: Review): string {
  if (review.targets.length === 0) return '';
  const groups =
    review.targets.length <= rowLimit ? rankTargets(review).map((target) => [target]) : byPlace(review.targets);
  const rows = groups.slice(0, rowLimit).map((targets) => row(review, targets));
  const body = table(
    ['Environment · cluster', 'Application', '+', '~', '−', 'Findings', 'Live before'],
    ['left', 'left', 'right', 'right', 'right', 'left', 'left'],
    rows,
  );
  return groups.length <= rowLimit ? body : `${body}\n\n… and ${groups.length - rowLimit} more places.`;
}

function row(review: Review, targets: readonly Target[]): readonly string[] {
  const ids = new Set(targets.map((target) => target.id));
  const { added, changed, removed } = tally(changesOf(review, 'pull').filter((change) => ids.has(change.target)));
  const [first] = targets;
  if (first === undefined) return [];
  const place = [first.environment, first.cluster].filter((part) => part !== null).map((part) => code(part));
  return [
    place.join(' · ') || '—',
    targets.length === 1 ? code(first.application) : `${targets.length} applications`,
    String(added),
    String(changed),
    removed === 0 ? '0' : `**${removed}**`,
    findingCounts(review, ids),
    liveBefore(review, targets),
  ];
}

function findingCounts(review: Review, ids: ReadonlySet<string>): string {
  const of = (severity: string): number =>
    review.findings.filter(
      (finding) => finding.severity === severity && finding.target !== null && ids.has(finding.target),
    ).length;
  const [blocks, cautions] = [of('block'), of('caution')];
  const parts = [blocks > 0 ? `⛔ ${blocks}` : '', cautions > 0 ? `⚠️ ${cautions}` : ''].filter((part) => part !== '');
  return parts.join(' ') || '—';
}

function liveBefore(review: Review, targets: readonly Target[]): string {
  if (targets.some((target) => target.error !== null)) return '❔ unknown';
  if (targets.every((target) => target.cluster === null || !review.clustersRead.includes(target.cluster)))
    return 'no cluster read';
  const drifted = targets.flatMap((target) => changesOf(review, 'already', target.id)).length;
  return drifted === 0 ? '🟢 as in Git' : `🟡 ${drifted} already different`;
}

function byPlace(targets: readonly Target[]): readonly (readonly Target[])[] {
  const places = new Map<string, Target[]>();
  for (const target of targets) {
    const key = `${target.environment ?? ''}\u0000${target.cluster ?? ''}`;
    places.set(key, [...(places.get(key) ?? []), target]);
  }
  return [...places.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, group]) => group);
}
