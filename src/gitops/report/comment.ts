import { code, count, details, html } from '../../formats/markdown.ts';
import type { Finding } from '../../model/finding.ts';
import type { Review } from '../../model/review.ts';
import { changesByTarget } from './comment-changes.ts';
import { sentence } from './compose.ts';
import { findingLine, limitedList, sortFindings } from './finding-text.ts';
import { settingsLine } from './settings-line.ts';
import { type SlowForge, slowLine } from './slow-line.ts';
import { targetTable } from './target-table.ts';
import { headline, renderedText, verdictTitle } from './words.ts';

/** What a comment depends on beside the review. */
export interface CommentOptions {
  /** UTF-16 code units the forge lets a comment have. */
  readonly limit: number;
  /** Address of a file's line at the head, or null where there is none. */
  readonly fileUrl: ((file: string, line: number | null) => string) | null;
  /** Why the newest settings are not in force, one sentence; null or left out when they are. */
  readonly problem?: string | null;
  /** Why the forge took no check, such as a permission that is missing; null or left out when it did. */
  readonly unreported?: string | null;
  /** Whether what people said here before is not known any more. */
  readonly forgotten?: boolean;
  /** What is left of the forge's rate limit when it is nearly used up; null or left out when there is enough. */
  readonly slow?: SlowForge | null;
}

/** Matches the part of a comment that may differ without a reason to edit it. */
export const readTimePattern =
  /live state read \d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} UTC|⏳ \*\*Slower than usual:\*\* [^\n]*\n\n/;

/**
 * The sticky comment of a review: verdict first, then what blocks, what is unknown, the table, cautions, and folded details
 * in order of risk. Same review, same bytes; never longer than the limit; what does not fit is counted. Foreign text stands in
 * code spans, fences or entities only.
 */
export function reviewComment(review: Review, options: CommentOptions): string {
  const head = [title(review), scope(review), ...findings(review, options), footer(review, options)];
  const unowned = unownedFiles(review);
  const rest = options.limit - length([...head, unowned]) - 200;
  const changes = rest > 0 ? changesByTarget(review, rest) : [];
  const [footing, ...heading] = [...head].reverse();
  const body = join([...heading.reverse(), ...changes, unowned, footing ?? '']);
  return body.length <= options.limit
    ? body
    : join([title(review), scope(review), 'The details do not fit into a comment.', footer(review, options)]);
}

function title(review: Review): string {
  return `### ${verdictTitle(review)} — ${headline(review)}`;
}

function scope(review: Review): string {
  return review.gitOnly === null
    ? ''
    : `**No cluster was read**: ${html(review.gitOnly)}. What follows compares base with head in Git.`;
}

function findings(review: Review, options: CommentOptions): readonly string[] {
  const sorted = sortFindings(review.findings);
  const of = (severity: Finding['severity']): readonly string[] =>
    sorted
      .filter((finding) => finding.severity === severity)
      .map((finding) => findingLine(finding, review, options.fileUrl));
  const unknown = review.targets
    .filter((target) => target.error !== null)
    .map((target) => `- ${code(target.id)} — ${code(target.error ?? '')}`);
  const notes = of('note');
  return [
    section('⛔ Blockers', of('block'), 16_000),
    section('❔ Could not be worked out', unknown, 6_000),
    targetTable(review),
    section('⚠️ Cautions', of('caution'), 8_000),
    notes.length === 0 ? '' : details(`<b>${count(notes.length, 'note')}</b>`, limitedList(notes, 5_000)),
  ];
}

function section(name: string, lines: readonly string[], budget: number): string {
  return lines.length === 0 ? '' : `**${name}**\n\n${limitedList(lines, budget)}`;
}

function unownedFiles(review: Review): string {
  const files = review.coverage.unownedFiles;
  if (files.length === 0) return '';
  const lines = files.map((file) => `- ${code(file)}`);
  return details(`${count(files.length, 'changed file')} no application owns`, limitedList(lines, 3_000));
}

function footer(review: Review, { problem, unreported, forgotten = false, slow }: CommentOptions): string {
  const parts = [
    `head <code>${html(review.head.slice(0, 12))}</code> on base <code>${html(review.base.slice(0, 12))}</code>`,
    html(renderedText(review)),
    review.readAt === null
      ? 'no live state read'
      : `live state read ${review.readAt.slice(0, 19).replace('T', ' ')} UTC`,
  ];
  const told = forgotten ? forgottenLine : '';
  const lines = [settingsLine(problem ?? null), checkLine(unreported ?? null), told, slowLine(slow ?? null)];
  return [...lines, `<sub>${parts.join(' · ')}</sub>`].filter((part) => part !== '').join('\n\n');
}

const forgottenLine =
  '⚠️ **Said before, not known any more:** Fairlead lost what it remembered of this pull. Approvals, holds and whatever else it was told here do not count: say it again.';

function checkLine(unreported: string | null): string {
  return unreported === null ? '' : `⚠️ **No check:** the forge took none: ${sentence(unreported, 400)}`;
}

function join(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function length(parts: readonly string[]): number {
  return join(parts).length;
}
