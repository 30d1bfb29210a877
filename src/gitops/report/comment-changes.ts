import { code, count, html } from '../../formats/markdown.ts';
import type { Change, Part } from '../../model/change.ts';
import { formatPath } from '../../model/path.ts';
import { formatResource } from '../../model/resource.ts';
import type { Review } from '../../model/review.ts';
import type { Target } from '../../model/target.ts';
import { item } from './blocks.ts';
import { type Columns, changeFields, changeFull, changeLine, shorten } from './change-text.ts';
import { type Entry, kindName, type Section } from './entries.ts';
import { foldSection } from './finding-entries.ts';
import { bounded } from './limits.ts';
import { newMark } from './new-since.ts';
import { rankChanges, rankTargets, remarked } from './rank.ts';
import { type OwnChange, type RoutinePath, splitRoutine } from './routine-changes.ts';
import { type SharedChange, shareChanges } from './shared-changes.ts';
import { inlineValue } from './values.ts';
import { changesOf, placeOf, tally } from './words.ts';

/** Changes of one part as entries, and the ids of their folds in the order they are read. */
export interface ChangeEntries {
  readonly entries: readonly Entry[];
  readonly order: readonly string[];
}

/** What the entries of changes depend on beside the review. */
export interface ChangeStyle {
  readonly isNew: (change: Change) => boolean;
}

/** Most targets named in the title of a fold. */
const namedTargets = 6;

/** Most objects named in a line for many. */
const namedObjects = 60;

/**
 * What a part changes, gravest first: a change that is the same on several targets once with all of them, and a field that changes alike on
 * many objects once. The folds are one for each set of targets, in the order of their gravest.
 */
export function changeEntries(review: Review, part: Part, style: ChangeStyle): ChangeEntries {
  const isLive = liveTargets(review);
  const ranked = rankChanges(review, changesOf(review, part));
  const shared = shareChanges(ranked, (target) => (isLive.has(target) ? 'live' : 'git'));
  const places = rankTargets(review);
  const groups = [...Map.groupBy(shared, ({ targets }) => JSON.stringify(targets.toSorted()))].map(([, changes]) =>
    groupOf(changes, places),
  );
  const isRemarked = remarked(review);
  const isKept = ({ members }: SharedChange): boolean => members.some(isRemarked);
  const made = groups
    .toSorted((one, other) => one.rank - other.rank || other.targets.length - one.targets.length)
    .map((group, index) => {
      const section = foldSection(`${part}:${index}`, summaryOf(part, group));
      const columns = columnsOf(
        part,
        group.targets.every(({ id }) => isLive.has(id)),
      );
      return { ...group, section, columns, routine: splitRoutine(group.changes, isKept) };
    });
  const rankOf = new Map(shared.map((change, index) => [change, index]));
  const own = made
    .flatMap((group) =>
      group.routine.own.map((change) => ({ change, entry: ownEntry(change, { part, style, ...group }) })),
    )
    .toSorted((one, other) => (rankOf.get(one.change.shared) ?? 0) - (rankOf.get(other.change.shared) ?? 0));
  const routine = made.flatMap(({ section, routine: { paths } }) =>
    paths.map((path) => routineEntry(path, section, style)),
  );
  return { entries: [...own.map(({ entry }) => entry), ...routine], order: made.map(({ section }) => section.id) };
}

interface Group {
  readonly targets: readonly Target[];
  readonly changes: readonly SharedChange[];
  /** Place of its gravest target among all. */
  readonly rank: number;
}

function groupOf(changes: readonly SharedChange[], ranked: readonly Target[]): Group {
  const ids = new Set(changes[0]?.targets ?? []);
  const targets = ranked.filter(({ id }) => ids.has(id));
  return { targets, changes, rank: ranked.findIndex(({ id }) => ids.has(id)) };
}

function liveTargets({ targets, clustersRead }: Review): ReadonlySet<string> {
  const live = targets.filter(({ cluster }) => cluster !== null && clustersRead.includes(cluster));
  return new Set(live.map(({ id }) => id));
}

function columnsOf(part: Part, isLive: boolean): Columns {
  if (part === 'already') return { before: 'Live', after: 'In Git (base)' };
  return isLive ? { before: 'Live', after: 'After merge' } : { before: 'Base', after: 'Head' };
}

interface Ground {
  readonly part: Part;
  readonly section: Section;
  readonly columns: Columns;
  readonly style: ChangeStyle;
}

function ownEntry({ change, shared, elsewhere }: OwnChange, { part, section, columns, style }: Ground): Entry {
  const beside = { isNew: shared.members.some(style.isNew), elsewhere };
  const kind = kindName(change.resource.kind);
  return {
    section,
    element: {
      full: () => changeFull(change, columns, beside),
      fields: () => changeFields(change, columns, beside),
      line: item(changeLine(change, beside)),
      least: leastOf(change),
    },
    kind: part === 'pull' ? kind : `${kind} already different`,
  };
}

/** A table has a head and, for each field, a row of three cells. */
function leastOf({ paths }: Change): number {
  return paths.length === 0 ? 0 : 50 + 16 * Math.min(paths.length, 40);
}

function routineEntry({ path, changes }: RoutinePath, section: Section, style: ChangeStyle): Entry {
  const name = code(shorten(formatPath(path.path)));
  const values = `${code(inlineValue(path.before))} → ${code(inlineValue(path.after))}`;
  const cause =
    path.cause === 'git' ? '' : path.cause === 'admission' ? ' (set by the server)' : ' (taken from another manager)';
  const mark = changes.some(({ members }) => members.some(style.isNew)) ? ` ${newMark}` : '';
  const head = `- **~** ${name} ${values} on ${count(changes.length, 'resource')}${cause}${mark}`;
  return {
    section,
    element: { full: () => item(`${head}: ${objectNames(changes)}`), line: item(`${head}: ${kindCounts(changes)}`) },
    kind: 'field that changes alike on many objects',
  };
}

function objectNames(changes: readonly SharedChange[]): string {
  const names = changes.slice(0, namedObjects).map(({ change }) => code(bounded(formatResource(change.resource), 120)));
  const rest = changes.length - names.length;
  return `${names.join(', ')}${rest === 0 ? '' : ` and ${rest} more`}`;
}

function kindCounts(changes: readonly SharedChange[]): string {
  const kinds = [...Map.groupBy(changes, ({ change }) => change.resource.kind)].map(
    ([kind, alike]) => `${alike.length} × ${kindName(kind)}`,
  );
  return kinds.length <= 6 ? kinds.join(', ') : `${kinds.slice(0, 6).join(', ')} and ${kinds.length - 6} more kinds`;
}

/** `<b>checkout</b> · prod · prod-eu — 5 resources: 1 added, 4 changed`. */
function summaryOf(part: Part, { targets, changes }: Group): string {
  const where = targetsText(targets);
  const resources = count(changes.length, 'resource');
  if (part === 'already') return `Already different in the cluster, not by this pull: ${where} — ${resources}`;
  const { added, changed, removed } = tally(changes.map(({ change }) => change));
  const parts = [
    added > 0 ? `${added} added` : '',
    changed > 0 ? `${changed} changed` : '',
    removed > 0 ? `${removed} removed` : '',
  ];
  const alike = targets.length > 1 ? `, alike on ${targets.length} targets` : '';
  return `${where} — ${resources}${alike}: ${parts.filter((text) => text !== '').join(', ')}`;
}

/** Applications with their places: `<b>checkout</b> · prod · prod-eu, prod · prod-us`. */
function targetsText(targets: readonly Target[]): string {
  const named = targets.slice(0, namedTargets);
  const byApplication = [...Map.groupBy(named, ({ application }) => application)].map(
    ([application, all]) => `<b>${html(bounded(application, 90))}</b> · ${all.map(placeText).join(', ')}`,
  );
  const rest = targets.length - named.length;
  return `${byApplication.join('; ')}${rest === 0 ? '' : ` and ${count(rest, 'more target')}`}`;
}

function placeText(target: Target): string {
  return html(bounded(placeOf(target), 120));
}
