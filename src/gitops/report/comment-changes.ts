import { count, details, html } from '../../formats/markdown.ts';
import type { Part } from '../../model/change.ts';
import type { Review } from '../../model/review.ts';
import type { Target } from '../../model/target.ts';
import { type Element, fitInto } from './budget.ts';
import { type Columns, changeBlock, changeLine } from './change-text.ts';
import { rankChanges, rankTargets } from './rank.ts';
import { changesOf, placeOf, tally } from './words.ts';

/** Most folds of one comment. */
const foldLimit = 60;

/** UTF-16 code units a fold costs beside its contents. */
const foldCost = 60;

interface Fold {
  readonly summary: string;
  readonly elements: readonly Element[];
}

/**
 * The folded details: what this pull changes, target by target in order of risk, then what is already different. Together they
 * are at most `budget` UTF-16 code units long.
 */
export function changesByTarget(review: Review, budget: number): readonly string[] {
  const targets = rankTargets(review);
  const folds = [
    ...targets.map((target) => foldOf(review, target, 'pull')),
    ...targets.map((target) => foldOf(review, target, 'already')),
  ].filter((fold) => fold.elements.length > 0);
  const kept = folds.slice(0, foldLimit);
  const overhead = kept.reduce((sum, fold) => sum + fold.summary.length + foldCost, 200);
  if (overhead > budget)
    return folds.length === 0 ? [] : [`${count(total(folds), 'resource')} not shown: the comment is full.`];
  const fitted = fitInto(
    kept.flatMap((fold) => fold.elements),
    budget - overhead,
  );
  const hidden = fitted.counted + total(folds.slice(foldLimit));
  const texts = assemble(kept, fitted.shown);
  return hidden === 0 ? texts : [...texts, `${count(hidden, 'resource')} not shown: the comment is full.`];
}

function foldOf(review: Review, target: Target, part: Part): Fold {
  const changes = rankChanges(review, changesOf(review, part, target.id));
  const live = target.cluster !== null && review.clustersRead.includes(target.cluster);
  const elements = changes.map((change) => ({
    full: changeBlock(change, columnsOf(part, live)),
    line: `${changeLine(change)}\n`,
  }));
  return { summary: part === 'pull' ? pullSummary(target, changes) : alreadySummary(target, changes.length), elements };
}

function columnsOf(part: Part, live: boolean): Columns {
  if (part === 'already') return { before: 'Live', after: 'In Git (base)' };
  return live ? { before: 'Live', after: 'After merge' } : { before: 'Base', after: 'Head' };
}

function pullSummary(target: Target, changes: Parameters<typeof tally>[0]): string {
  const { added, changed, removed } = tally(changes);
  const parts = [
    added > 0 ? `${added} added` : '',
    changed > 0 ? `${changed} changed` : '',
    removed > 0 ? `${removed} removed` : '',
  ];
  const numbers = parts.filter((part) => part !== '').join(', ');
  return `<b>${html(target.application)}</b> · ${html(placeOf(target))} — ${count(changes.length, 'resource')}: ${numbers}`;
}

function alreadySummary(target: Target, resources: number): string {
  return `Already different in the cluster, not by this pull: <b>${html(target.application)}</b> · ${html(placeOf(target))} — ${count(resources, 'resource')}`;
}

function assemble(folds: readonly Fold[], shown: readonly (string | null)[]): readonly string[] {
  let index = 0;
  return folds.flatMap((fold) => {
    const texts = shown.slice(index, index + fold.elements.length).filter((text) => text !== null);
    index += fold.elements.length;
    return texts.length === 0 ? [] : [details(fold.summary, texts.join('\n').trimEnd())];
  });
}

function total(folds: readonly Fold[]): number {
  return folds.reduce((sum, fold) => sum + fold.elements.length, 0);
}
