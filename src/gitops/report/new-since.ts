import { count } from '../../formats/markdown.ts';
import type { Change } from '../../model/change.ts';
import type { Finding } from '../../model/finding.ts';
import type { PlanRun } from '../../model/plan.ts';
import { verdictWords } from './words.ts';

/** Stands beside what was not there at the run before. */
export const newMark = '🆕';

/** What is new compared with the run before, of another head. */
export interface News {
  /** Full commit id of that run's head. */
  readonly since: string;
  readonly isNewFinding: (finding: Finding) => boolean;
  readonly isNewChange: (change: Change) => boolean;
}

/** Most earlier runs that are named. */
const namedRuns = 5;

/** What the mark means and how often it stands; '' where there is no run to compare with. */
export function newLine(
  news: News | null,
  of: { readonly findings: readonly Finding[]; readonly changes: readonly Change[] },
): string {
  if (news === null) return '';
  const findings = of.findings.filter(news.isNewFinding).length;
  const changes = of.changes.filter((change) => change.action !== 'none' && news.isNewChange(change)).length;
  const since = `since <code>${shortCommit(news.since)}</code>`;
  if (findings + changes === 0) return `<sub>Nothing is new ${since}.</sub>`;
  const parts = [findings > 0 ? count(findings, 'finding') : '', changes > 0 ? count(changes, 'change') : ''];
  return `<sub>${newMark} new ${since}: ${parts.filter((part) => part !== '').join(', ')}.</sub>`;
}

/** `earlier: ⚠️ 77aa01c, ✅ 0be11f2`, newest first; '' where there was none. */
export function earlierText(runs: readonly PlanRun[]): string {
  const names = runs
    .slice(0, namedRuns)
    .map(({ head, verdict }) => `${verdictWords[verdict].icon} <code>${shortCommit(head)}</code>`);
  return names.length === 0 ? '' : `earlier: ${names.join(', ')}`;
}

/** The beginning of a commit id, as people quote it; hexadecimal digits and nothing else. */
export function shortCommit(id: string, digits = 7): string {
  return id.replace(/[^0-9a-f]/gi, '').slice(0, digits);
}
