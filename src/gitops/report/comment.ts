import { prose } from '../../formats/markdown.ts';
import type { PlanRun } from '../../model/plan.ts';
import type { Review } from '../../model/review.ts';
import { type Block, heading, joinBlocks, nothing, paragraph } from './blocks.ts';
import { changeEntries } from './comment-changes.ts';
import { sentence } from './compose.ts';
import { countedLimit, countedText, type Entry, type Placed, place, placeWhole } from './entries.ts';
import {
  blockers,
  cautions,
  findingEntries,
  notesId,
  unknownEntries,
  unknowns,
  unownedEntries,
  unownedId,
} from './finding-entries.ts';
import { bounded, cutWords } from './limits.ts';
import { type Mask, maskReview } from './mask-review.ts';
import { earlierText, type News, newLine, shortCommit } from './new-since.ts';
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
  /** Replaces known secrets in what the review says, before it is cut and escaped; left out: there are none. */
  readonly mask?: Mask;
  /** What is new since a run of another head; null or left out where there was none. */
  readonly news?: News | null;
  /** Runs of other heads, newest first; left out: none. */
  readonly earlier?: readonly PlanRun[];
}

/** Most comments one review is spread over. */
export const mostParts = 3;

/** Matches the part of a comment that may differ without a reason to edit it. */
export const readTimePattern =
  /live state read \d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} UTC|⏳ \*\*Slower than usual:\*\* [^\n]*\n\n/;

/**
 * The sticky comment of a review: verdict first, then what blocks, what is unknown, the table, cautions, and folded details
 * in order of risk. Same review, same bytes; never longer than the limit; what does not fit is counted. Foreign text stands in
 * code spans, fences or entities only.
 */
export function reviewComment(review: Review, options: CommentOptions): string {
  return tellReview(review, options).comment();
}

/** What a review says, by one set of options; worked out once for all of its texts. */
export interface ToldReview {
  /** As one comment of `options.limit` UTF-16 code units. */
  comment(): string;
  /** The same as one comment, or as two or three where not even one line for each thing has room. */
  comments(): readonly string[];
  /**
   * In full what the one comment shows in short or only counts, as far as `room` UTF-16 code units go; '' where it shows all in full.
   * For the second page of a check.
   */
  details(room: number): string;
}

/** Tells a review. */
export function tellReview(review: Review, options: CommentOptions): ToldReview {
  const said = saidOf(review, options);
  const one = firstPart(said);
  return {
    comment: () => textOf(one.block),
    comments: () => partsOf(said, one, mostParts).map(textOf),
    details: (room) => detailsOf(said, one, room),
  };
}

/** The comments of a review with what a parser makes of them; one at least, `parts` at most. */
export function composeReview(review: Review, options: CommentOptions, parts: number): readonly Block[] {
  const said = saidOf(review, options);
  return partsOf(said, firstPart(said), parts);
}

function saidOf(review: Review, options: CommentOptions): Words {
  const clear = withoutSecrets(review, options);
  return wordsOf(clear.review, clear.options);
}

function firstPart(said: Words): Part {
  return composePart({ ...said, waiting: said.entries, number: 1, of: 1 });
}

function partsOf(said: Words, one: Part, parts: number): readonly Block[] {
  if (parts === 1 || one.rest.length === 0) return [one.block];
  const made = spread(said, parts, parts);
  return made.length === parts ? made : spread(said, parts, made.length);
}

function detailsOf(said: Words, { rest, short }: Part, room: number): string {
  if (rest.length + short.length === 0) return '';
  const lead = paragraph('In full, what the summary shows in short:');
  const { blocks, rest: left } = placeWhole([...short, ...rest], room - lead.text.length - countedLimit);
  const body = inOrder({ blocks }, said, nothing);
  const text = joinBlocks([lead, ...body, paragraph(countedText(left, countedLimit))]).text;
  return blocks.size === 0 || text.length > room ? '' : `${text}\n`;
}

function withoutSecrets(
  review: Review,
  options: CommentOptions,
): { readonly review: Review; readonly options: CommentOptions } {
  const { mask, news = null } = options;
  if (mask === undefined) return { review, options };
  const masked = maskReview(review, mask);
  const [findings, changes] = [origins(masked.findings, review.findings), origins(masked.changes, review.changes)];
  if (news === null) return { review: masked, options };
  const isNewFinding: News['isNewFinding'] = (finding) => news.isNewFinding(findings(finding));
  const isNewChange: News['isNewChange'] = (change) => news.isNewChange(changes(change));
  return { review: masked, options: { ...options, news: { ...news, isNewFinding, isNewChange } } };
}

/** What each of a list was before it was masked. */
function origins<T>(masked: readonly T[], clear: readonly T[]): (one: T) => T {
  const known = new Map(masked.map((one, index) => [one, clear[index] ?? one]));
  return (one) => known.get(one) ?? one;
}

/** Fills comments one after the other, all but the last with `of` in their titles as told. */
function spread(said: Words, parts: number, of: number): readonly Block[] {
  const blocks: Block[] = [];
  let waiting = said.entries;
  for (let number = 1; number <= parts && (number === 1 || waiting.length > 0); number += 1) {
    const { block, rest } = composePart({ ...said, waiting, number, of });
    blocks.push(block);
    waiting = rest;
  }
  return blocks;
}

/** All a comment may say. */
interface Words {
  readonly review: Review;
  readonly options: CommentOptions;
  /** Gravest first. */
  readonly entries: readonly Entry[];
  /** Ids of the folds of changes, in the order they are read. */
  readonly order: readonly string[];
}

function wordsOf(review: Review, options: CommentOptions): Words {
  const { fileUrl, news } = options;
  const style = { fileUrl, isNew: news?.isNewFinding ?? (() => false) };
  const changes = { isNew: news?.isNewChange ?? (() => false) };
  const pull = changeEntries(review, 'pull', changes);
  const already = changeEntries(review, 'already', changes);
  const entries = [
    ...findingEntries(review, 'block', style),
    ...unknownEntries(review),
    ...findingEntries(review, 'caution', style),
    ...pull.entries,
    ...findingEntries(review, 'note', style),
    ...already.entries,
    ...unownedEntries(review),
  ];
  return { review, options, entries, order: [...pull.order, ...already.order] };
}

/** Which comment is made, and what waits for a place in it. */
interface PartWork extends Words {
  readonly waiting: readonly Entry[];
  /** 1-based. */
  readonly number: number;
  readonly of: number;
}

/** UTF-16 code units beside the frame below which a comment only says that there is no room: a count must fit at least. */
const leastRoom = 200;

/** Share of a comment the table may take. */
const tableShare = 0.3;

/** One comment, with what it has no room for or shows in short. */
interface Part extends Pick<Placed, 'rest' | 'short'> {
  readonly block: Block;
}

function composePart(work: PartWork): Part {
  const { review, options, waiting, number, of } = work;
  const head = [
    heading(title(review, number, of)),
    ...(number === 1 ? [scope(review), newsBlock(review, options)] : []),
  ];
  const foot = footer(review, options, number);
  const room = options.limit - joinBlocks([...head, ...foot]).text.length - 3;
  if (room < leastRoom) return { block: bare(review, options.limit), rest: waiting, short: [] };
  const table = number === 1 ? targetTable(review, room * tableShare) : nothing;
  const free = room - table.text.length - 2;
  const all = placeAll(waiting, free);
  const reserve = Math.min(countedLimit, Math.max(0, free));
  const placed = all.rest.length === 0 ? all : placeAll(waiting, free - reserve);
  const counted = number === of ? countedText(placed.rest, placed.left + reserve) : continued(placed.rest);
  const body = [...inOrder(placed, work, table), paragraph(counted)];
  const block = joinBlocks([...head, ...body, ...foot]);
  const { rest, short } = placed;
  return { block: block.text.length < options.limit ? block : bare(review, options.limit), rest, short };
}

/** Blockers take what they need before anything else gets more than a count. */
function placeAll(waiting: readonly Entry[], room: number): Placed {
  const isBlocker = ({ section }: Entry): boolean => section === blockers;
  const grave = place(waiting.filter(isBlocker), room);
  const others = place(
    waiting.filter((entry) => !isBlocker(entry)),
    grave.left,
  );
  return {
    blocks: new Map([...grave.blocks, ...others.blocks]),
    rest: [...grave.rest, ...others.rest],
    short: [...grave.short, ...others.short],
    left: others.left,
  };
}

function inOrder({ blocks }: Pick<Placed, 'blocks'>, { order }: Words, table: Block): readonly Block[] {
  const of = (id: string): Block => blocks.get(id) ?? nothing;
  return [of(blockers.id), of(unknowns.id), table, of(cautions.id), of(notesId), ...order.map(of), of(unownedId)];
}

function continued(rest: readonly Entry[]): string {
  return rest.length === 0 ? '' : 'This goes on in the next comment.';
}

/** What is left where not even the frame has room. */
function bare(review: Review, limit: number): Block {
  const whole = joinBlocks([heading(title(review, 1, 1)), paragraph('The details do not fit into a comment.')]);
  return whole.text.length < limit ? whole : heading(cutWords(title(review, 1, 1), Math.max(0, limit - 8)));
}

function title(review: Review, number: number, of: number): string {
  const part = of === 1 ? '' : ` (part ${number} of ${of})`;
  return `${verdictTitle(review)} — ${headline(review)}${part}`;
}

function scope(review: Review): Block {
  return paragraph(
    review.gitOnly === null
      ? ''
      : `**No cluster was read**: ${prose(cutWords(review.gitOnly, 300))}. What follows compares base with head in Git.`,
  );
}

function newsBlock(review: Review, { news }: CommentOptions): Block {
  return paragraph(newLine(news ?? null, review));
}

function footer(review: Review, options: CommentOptions, number: number): readonly Block[] {
  const { problem, unreported, forgotten = false, slow, earlier = [] } = options;
  const parts = [
    `head <code>${shortCommit(review.head, 12)}</code> on base <code>${shortCommit(review.base, 12)}</code>`,
    prose(bounded(renderedText(review), 600)),
    review.readAt === null
      ? 'no live state read'
      : `live state read ${review.readAt.slice(0, 19).replace('T', ' ')} UTC`,
    earlierText(earlier),
  ];
  const told = forgotten ? forgottenLine : '';
  const lines = [settingsLine(problem ?? null), checkLine(unreported ?? null), told, slowLine(slow ?? null)];
  const sub = `<sub>${parts.filter((part) => part !== '').join(' · ')}</sub>`;
  return [...(number === 1 ? lines : []), sub].map(paragraph);
}

const forgottenLine =
  '⚠️ **Said before, not known any more:** Fairlead lost what it remembered of this pull. Approvals, holds and whatever else it was told here do not count: say it again.';

function checkLine(unreported: string | null): string {
  return unreported === null ? '' : `⚠️ **No check:** the forge took none: ${sentence(unreported, 400)}`;
}

function textOf(block: Block): string {
  return `${block.text}\n`;
}
