import { code, count, fence } from '../../formats/markdown.ts';
import type { Change, PathChange } from '../../model/change.ts';
import { formatPath } from '../../model/path.ts';
import { formatResource } from '../../model/resource.ts';
import { type Block, codeBlock, fold, joinBlocks, paragraph, tableBlock } from './blocks.ts';
import { clausesOf, staysText } from './change-clauses.ts';
import { type DocumentChange, documentChanges } from './document-diff.ts';
import { bounded } from './limits.ts';
import { newMark } from './new-since.ts';
import { type ChangedLines, changedLines, inlineValue, isLong, lineCount } from './values.ts';
import { signOf } from './words.ts';

/** Names of the two value columns: what is compared. */
export interface Columns {
  readonly before: string;
  readonly after: string;
}

/** What is said of a change beside itself. */
export interface Beside {
  /** Whether it was not there at the run before. */
  readonly isNew: boolean;
  /** How many of its fields are said elsewhere. */
  readonly elsewhere: number;
}

const nothingBeside: Beside = { isNew: false, elsewhere: 0 };

/** Most rows of one resource's table, without and with its texts; the rest is counted. */
const rowLimits = { fields: 40, full: 400 };

/** Most rows of one document inside a value. */
const documentRows = 60;

/** One change on one line: sign, object, the number of fields, and whatever else merging does. */
export function changeLine(change: Change, beside: Beside = nothingBeside): string {
  const fields = change.action === 'update' && change.paths.length > 0 ? [count(change.paths.length, 'field')] : [];
  const what = [...fields, ...clausesOf(change)].join('; ');
  return `- **${signOf(change)}** ${nameOf(change)}${mark(beside)}${what === '' ? '' : ` — ${what}`}`;
}

/** One change with a table of its fields; of long values only how much of them changes. */
export function changeFields(change: Change, columns: Columns, beside: Beside = nothingBeside): Block {
  return joinBlocks([title(change, beside), ...fieldsOf(change, columns, rowLimits.fields), stays(change)]);
}

/** One change in full: a table of fields, then long values as blocks of changed lines. */
export function changeFull(change: Change, columns: Columns, beside: Beside = nothingBeside): Block {
  const texts = change.paths.filter((path) => isLong(path.before, path.after)).map(textBlock);
  const fields = fieldsOf(change, columns, rowLimits.full);
  return joinBlocks([title(change, beside), ...fields, ...texts, stays(change)]);
}

/** One change in full, as text that ends its line. */
export function changeBlock(change: Change, columns: Columns): string {
  return `${changeFull(change, columns).text}\n`;
}

function nameOf({ resource }: Change): string {
  return code(bounded(formatResource(resource)));
}

function mark({ isNew }: Beside): string {
  return isNew ? ` ${newMark}` : '';
}

function title(change: Change, beside: Beside): Block {
  const words = {
    create: ' is created',
    delete: ' is deleted',
    update: '',
    recreate: '',
    adopt: '',
    none: '',
  } as const;
  const elsewhere =
    beside.elsewhere === 0 ? [] : [`${count(beside.elsewhere, 'field')} it shares with others said once below`];
  const what = [...clausesOf(change), ...elsewhere].join('; ');
  const name = `**${signOf(change)} ${nameOf(change)}**${mark(beside)}${words[change.action]}`;
  return paragraph(what === '' ? name : `${name} — ${what}`);
}

function stays(change: Change): Block {
  return paragraph(staysText(change));
}

function fieldsOf(change: Change, columns: Columns, limit: number): readonly Block[] {
  const rows = change.paths.slice(0, limit).flatMap(fieldRows);
  if (rows.length === 0) return [];
  const rest = change.paths.length - Math.min(limit, change.paths.length);
  return [
    tableBlock(['Field', columns.before, columns.after], ['left', 'left', 'left'], rows),
    paragraph(rest === 0 ? '' : `${count(rest, 'more field')} not shown.`),
  ];
}

function fieldRows(path: PathChange): readonly (readonly string[])[] {
  const name = `${pathCode(path)}${causeText(path)}`;
  if (!isLong(path.before, path.after)) return [[name, code(inlineValue(path.before)), code(inlineValue(path.after))]];
  const { inside } = readOnce(path);
  if (inside !== null && inside.length > 0) return documentRowsOf(path, inside);
  const after = path.after === null ? '—' : `${lines(path.after)}${changedText(path, inside !== null)}`;
  return [[name, lines(path.before), after]];
}

function documentRowsOf(path: PathChange, inside: readonly DocumentChange[]): readonly (readonly string[])[] {
  const name = formatPath(path.path);
  const rows = inside
    .slice(0, documentRows)
    .map((change) => [
      `${code(`${shorten(name)} › ${shorten(formatPath(change.path))}`)}${causeText(path)}`,
      ...valueCells(change),
    ]);
  const rest = inside.length - rows.length;
  return rest === 0 ? rows : [...rows, [pathCode(path), `… ${count(rest, 'more place')}`, '']];
}

/** Both values; where their beginnings are all there is room for and look alike, that they differ. */
function valueCells({ before, after }: DocumentChange): readonly [string, string] {
  const [from, to] = [inlineValue(before), inlineValue(after)];
  return [code(from), from === to ? `${code(to)}, another end` : code(to)];
}

function pathCode({ path }: PathChange): string {
  return code(shorten(formatPath(path)));
}

function causeText({ cause }: PathChange): string {
  if (cause === 'admission') return ' <sub>set by the server</sub>';
  return cause === 'takeover' ? ' <sub>taken from another manager</sub>' : '';
}

function lines(value: PathChange['before']): string {
  return value === null ? '—' : count(Math.max(1, lineCount(value)), 'line');
}

/** How much of a text changes, for its cell. */
function changedText(path: PathChange, isSameDocument: boolean): string {
  if (path.before === null) return '';
  if (isSameDocument) return ', the same content written differently';
  const changed = readOnce(path).changed();
  if (changed === null) return ', replaced';
  return `, ${Math.max(changed.removed, changed.added)} of them changed`;
}

function textBlock(path: PathChange): Block {
  const { inside, changed: read } = readOnce(path);
  const changed = read();
  const name = pathCode(path);
  if (changed === null)
    return paragraph(
      `${name}: replaced, ${lines(path.before)} by ${lines(path.after)}: too much to compare line by line`,
    );
  return inside === null
    ? joinBlocks([paragraph(`${name}:`), diffBlock(changed)])
    : fold(`Unified diff (${count(changed.text.split('\n').length, 'line')})`, [diffBlock(changed)]);
}

interface Compared {
  readonly inside: readonly DocumentChange[] | null;
  readonly changed: () => ChangedLines | null;
}

/** What comparing long values gave; kept as long as the change is, since a change is told in more than one form. */
const compared = new WeakMap<PathChange, Compared>();

function readOnce(path: PathChange): Compared {
  const known = compared.get(path);
  if (known !== undefined) return known;
  let lines: ChangedLines | null | undefined;
  const changed = (): ChangedLines | null => {
    lines = lines === undefined ? changedLines(path.before, path.after) : lines;
    return lines;
  };
  const made = { inside: documentChanges(path.before, path.after), changed };
  compared.set(path, made);
  return made;
}

function diffBlock({ text }: ChangedLines): Block {
  return codeBlock(fence(text, 'diff'));
}

/** The way into a pod template is the same for every workload and goes without saying; a long path loses its middle, never its end. */
export function shorten(path: string): string {
  const short = path.replace(/^spec\.(?:jobTemplate\.spec\.)?template\.spec\./, '…');
  return short.length <= 90 ? short : `${short.slice(0, 20)}…${short.slice(-66)}`;
}
