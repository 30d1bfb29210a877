import { code, count, fence, table } from '../../formats/markdown.ts';
import type { Change, PathChange } from '../../model/change.ts';
import { formatPath } from '../../model/path.ts';
import { formatResource } from '../../model/resource.ts';
import { changedLines, inlineValue, isLong, lineCount } from './values.ts';
import { signOf } from './words.ts';

/** Names of the two value columns: what is compared. */
export interface Columns {
  readonly before: string;
  readonly after: string;
}

/** Most rows of one resource's table; the rest is counted. */
const rowLimit = 40;

/** One change on one line: sign, object and the number of fields. */
export function changeLine(change: Change): string {
  const what = change.action === 'update' ? ` — ${count(change.paths.length, 'field')}` : '';
  return `- **${signOf(change)}** ${code(formatResource(change.resource))}${what}`;
}

/** One change in full: a table of fields, long values as blocks of changed lines. */
export function changeBlock(change: Change, columns: Columns): string {
  const title = `**${signOf(change)} ${code(formatResource(change.resource))}**${actionWord(change)}`;
  if (change.paths.length === 0) return `${title}\n`;
  const rows = change.paths.slice(0, rowLimit);
  const parts = [title, table(['Field', columns.before, columns.after], ['left', 'left', 'left'], rows.map(fieldRow))];
  if (change.paths.length > rows.length)
    parts.push(`${count(change.paths.length - rows.length, 'more field')} not shown.`);
  const blocks = rows.filter((path) => isLong(path.before, path.after)).map(longBlock);
  return `${[...parts, ...blocks].join('\n\n')}\n`;
}

function actionWord(change: Change): string {
  if (change.action === 'create') return ' is created';
  return change.action === 'delete' ? ' is deleted' : '';
}

function fieldRow(path: PathChange): readonly string[] {
  const name = `${code(shorten(formatPath(path.path)))}${path.cause === 'admission' ? ' <sub>set by the server</sub>' : ''}`;
  if (!isLong(path.before, path.after)) return [name, code(inlineValue(path.before)), code(inlineValue(path.after))];
  return [name, lines(path.before), path.after === null ? '—' : `${lines(path.after)}, below`];
}

function lines(value: PathChange['before']): string {
  return value === null ? '—' : count(Math.max(1, lineCount(value)), 'line');
}

function longBlock(path: PathChange): string {
  const changed = changedLines(path.before, path.after);
  const name = code(shorten(formatPath(path.path)));
  return changed === null
    ? `${name}: replaced, too large to compare line by line`
    : `${name}:\n\n${fence(changed, 'diff')}`;
}

/** The way into a pod template is the same for every workload and goes without saying; a long path loses its middle, never its end. */
function shorten(path: string): string {
  const short = path.replace(/^spec\.(?:jobTemplate\.spec\.)?template\.spec\./, '…');
  return short.length <= 90 ? short : `${short.slice(0, 20)}…${short.slice(-66)}`;
}
