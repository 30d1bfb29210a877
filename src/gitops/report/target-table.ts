import { count } from '../../formats/markdown.ts';
import type { Review } from '../../model/review.ts';
import type { Target } from '../../model/target.ts';
import { type Block, joinBlocks, nothing, paragraph, tableBlock } from './blocks.ts';
import { name } from './compose.ts';
import { rankTargets } from './rank.ts';
import { changesOf, tally } from './words.ts';

/** Most rows of targets one by one, and of anything coarser. */
const rowLimits = { targets: 30, groups: 80 };

/** Most rows of a table that is cut. */
const cutRows = 30;

const names = ['Environment · cluster', 'Application', '+', '~', '−', 'Findings', 'Live before'];
const align = ['left', 'left', 'right', 'right', 'right', 'left', 'left'] as const;

/**
 * The table at a glance: what is added, changed and removed where, and whether the cluster was as Git says. Many targets are put
 * together by environment and application, by place, or by environment, whatever first has few enough rows and room; what still has
 * none is counted.
 */
export function targetTable(review: Review, budget: number): Block {
  if (review.targets.length === 0) return nothing;
  const byRisk = rankTargets(review);
  const forms = [
    { groups: byRisk.map((target) => [target]), limit: rowLimits.targets },
    { groups: groupBy(byRisk, ({ environment, application }) => [environment, application]), limit: rowLimits.groups },
    { groups: groupBy(byRisk, ({ environment, cluster }) => [environment, cluster]), limit: rowLimits.targets },
    { groups: groupBy(byRisk, ({ environment }) => [environment]), limit: rowLimits.targets },
  ];
  for (const { groups, limit } of forms) {
    if (groups.length > limit) continue;
    const block = tableBlock(
      names,
      align,
      groups.map((targets) => row(review, targets)),
    );
    if (block.text.length <= budget) return block;
  }
  return cutTable(review, forms.at(-1)?.groups ?? [], budget);
}

function cutTable(review: Review, groups: readonly (readonly Target[])[], budget: number): Block {
  const rows = groups.slice(0, cutRows).map((targets) => row(review, targets));
  for (let kept = rows.length; kept > 0; kept -= 1) {
    const rest = groups.length - kept;
    const counted = paragraph(rest === 0 ? '' : `… and ${count(rest, 'more environment')}.`);
    const block = joinBlocks([tableBlock(names, align, rows.slice(0, kept)), counted]);
    if (block.text.length <= budget) return block;
  }
  const text = paragraph(`${count(review.targets.length, 'target')}: there is no room for their table.`);
  return text.text.length <= budget ? text : nothing;
}

function row(review: Review, targets: readonly Target[]): readonly string[] {
  const ids = new Set(targets.map((target) => target.id));
  const { added, changed, removed } = tally(changesOf(review, 'pull').filter((change) => ids.has(change.target)));
  return [
    placeCell(targets),
    applicationCell(targets),
    String(added),
    String(changed),
    removed === 0 ? '0' : `**${removed}**`,
    findingCounts(review, ids),
    liveBefore(review, targets),
  ];
}

function placeCell(targets: readonly Target[]): string {
  const clusters = new Set(targets.map(({ cluster }) => cluster));
  const [first] = targets;
  const environment = first?.environment ?? null;
  const [cluster = null] = clusters;
  const where = clusters.size > 1 ? count(clusters.size, 'cluster') : cluster === null ? '' : name(cluster);
  return [environment === null ? '' : name(environment), where].filter((part) => part !== '').join(' · ') || '—';
}

function applicationCell(targets: readonly Target[]): string {
  const [one = '', ...more] = new Set(targets.map(({ application }) => application));
  return more.length === 0 ? name(one) : `${more.length + 1} applications`;
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

function groupBy(
  targets: readonly Target[],
  keyOf: (target: Target) => readonly (string | null)[],
): readonly (readonly Target[])[] {
  return [...Map.groupBy(targets, (target) => JSON.stringify(keyOf(target))).values()];
}
