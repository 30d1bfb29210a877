import { code, count, html } from '../../formats/markdown.ts';
import type { Severity } from '../../model/finding.ts';
import type { Review } from '../../model/review.ts';
import { type Block, fold, foldCost, item, joinBlocks, paragraph } from './blocks.ts';
import { type Entry, kindName, type Section } from './entries.ts';
import { type FindingStyle, findingElement } from './finding-element.ts';
import { bounded, cutWords } from './limits.ts';
import { shareFindings } from './shared-findings.ts';

/** Where findings of each severity stand, and what could not be worked out. */
export const blockers = listSection('block', '⛔ Blockers');
export const unknowns = listSection('unknown', '❔ Could not be worked out');
export const cautions = listSection('caution', '⚠️ Cautions');
/** Ids of the two folds beside the changes. */
export const notesId = 'note';
export const unownedId = 'unowned';

/** Longest reason, and its longest beginning, in UTF-16 code units. */
const reasonLimits = { whole: 2_000, beginning: 240 };

/** The findings of one severity, each once. */
export function findingEntries(review: Review, severity: Severity, style: FindingStyle): readonly Entry[] {
  const found = review.findings.filter((finding) => finding.severity === severity);
  const section = sectionOf(severity, found.length);
  return shareFindings(found).map((shared) => ({
    section,
    element: findingElement(shared, style),
    kind: severity === 'block' ? `blocker ${kindName(shared.finding.rule)}` : severity,
  }));
}

/** The targets that could not be worked out in full, with the reason. */
export function unknownEntries(review: Review): readonly Entry[] {
  return review.targets.flatMap(({ id, error }) => {
    if (error === null) return [];
    const form = (limit: number): Block => item(`- ${code(bounded(id, 200))} — ${code(cutWords(error, limit))}`);
    const fields = error.length > reasonLimits.beginning ? { fields: () => form(reasonLimits.beginning) } : {};
    const element = { full: () => form(reasonLimits.whole), ...fields, line: item(`- ${code(bounded(id, 200))}`) };
    return [{ section: unknowns, element, kind: 'target not worked out' }];
  });
}

/** Changed files that no application owns. */
export function unownedEntries({ coverage }: Review): readonly Entry[] {
  const files = coverage.unownedFiles;
  const section = foldSection(unownedId, html(`${count(files.length, 'changed file')} no application owns`));
  return files.map((file) => {
    const line = item(`- ${code(bounded(file))}`);
    return { section, element: { full: () => line, line }, kind: 'file no application owns' };
  });
}

/** A fold as a section. `summary` is HTML. */
export function foldSection(id: string, summary: string): Section {
  return { id, cost: foldCost(summary), wrap: (blocks) => fold(summary, blocks) };
}

function listSection(id: string, title: string): Section {
  const head = paragraph(`**${title}**`);
  return { id, cost: head.text.length + 2, wrap: (blocks) => joinBlocks([head, ...blocks]) };
}

function sectionOf(severity: Severity, number: number): Section {
  if (severity === 'note') return foldSection(notesId, `<b>${count(number, 'note')}</b>`);
  return severity === 'block' ? blockers : cautions;
}
