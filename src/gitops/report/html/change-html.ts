import { count } from '../../../formats/markdown.ts';
import type { Change, PathChange } from '../../../model/change.ts';
import type { Json } from '../../../model/json.ts';
import { formatPath } from '../../../model/path.ts';
import { apiVersionOf, formatResource } from '../../../model/resource.ts';
import { changedLines, inlineValue, isLong, lineCount } from '../values.ts';
import { signOf } from '../words.ts';
import { findingItem } from './finding-html.ts';
import { type Html, markup, nothing } from './markup.ts';
import { type Entry, gravest } from './outline.ts';
import { type Line, parseLines, unifiedLines } from './unified.ts';

/** What the two values of a path are, and whether why it changes is said too. */
export interface Columns {
  readonly before: string;
  readonly after: string;
  readonly causes: boolean;
}

const actionWords: Readonly<Record<Change['action'], string>> = {
  create: 'created',
  update: 'changed',
  recreate: 'deleted and created anew',
  delete: 'deleted',
  adopt: 'adopted',
  none: 'unchanged',
};

const causeWords: Readonly<Record<PathChange['cause'], readonly [cause: string, owner: string]>> = {
  git: ['Git', 'Git'],
  admission: ['set by the server', 'the server'],
  takeover: ['taken over', 'Git, from another manager'],
};

/**
 * One resource of the tree: what happens to it, then its fields as a table and as a unified text. What it folds stands in a `noscript`:
 * shown as it is with JavaScript off, else one piece of text that the script takes out when the fold is open and near, so that thousands
 * of resources cost nothing until they are looked at. No escaped text can end it.
 */
export function changeHtml({ id, change, findings }: Entry, columns: Columns, open: boolean): Html {
  const { action, resource, paths } = change;
  const severity = gravest(findings) ?? 'none';
  const badges = [...new Set(findings.map(({ rule, severity: grave }) => `${grave} ${rule}`))].map((badge) => {
    const [grave = '', rule = ''] = badge.split(' ');
    return markup`<span class="pill ${grave}">${rule}</span> `;
  });
  const size = paths.length === 0 ? '' : count(paths.length, 'field');
  return markup`<details class="res" id="${id}" data-action="${action}" data-severity="${severity}"${open ? attribute(' open') : nothing}>
<summary><span class="sign ${action}" aria-hidden="true">${signOf(change)}</span> <code>${formatResource(resource)}</code> <span class="word ${action}">${actionWords[action]}</span> <span class="quiet">${size}</span> ${badges}</summary>
<noscript><div class="body">${facts(change)}${findings.length === 0 ? nothing : markup`<ul class="list">${findings.map((finding) => findingItem(finding, null))}</ul>`}${fieldTable(change, columns)}${unified(paths)}</div></noscript></details>
`;
}

function attribute(html: ' open'): Html {
  return { html };
}

/** What goes beyond fields: whose it was, what goes with it, what stays, how sure it is. */
function facts(change: Change): Html {
  const { action, adopts, takes = [], offline, resource } = change;
  const lines = [
    `apiVersion ${apiVersionOf(resource)}`,
    action === 'recreate'
      ? 'A field changes that the server lets nobody change: the object is deleted and created anew'
      : '',
    adopts === undefined ? '' : adoptedText(action, adopts),
    takes.length === 0 ? '' : `Goes with it: ${takes.join(', ')}`,
    offline === undefined ? '' : `Predicted without the server: ${offline}`,
  ].filter((line) => line !== '');
  return markup`<ul class="facts">${lines.map((line) => markup`<li>${line}</li>`)}</ul>`;
}

function adoptedText(action: Change['action'], { owner, fields }: NonNullable<Change['adopts']>): string {
  const whose = owner === null ? 'nobody claims it' : `it belongs to ${owner}`;
  const exists = action === 'adopt' ? `Exists in the cluster already, ${whose}` : `Takes fields over: ${whose}`;
  return `${exists}; ${count(fields, 'field')} of others ${fields === 1 ? 'becomes' : 'become'} Git's with the value it has`;
}

function fieldTable({ paths, stays = [] }: Change, columns: Columns): Html {
  if (paths.length + stays.length === 0) return nothing;
  const names = ['Field', columns.before, columns.after, ...(columns.causes ? ['Cause', 'Owner'] : [])];
  const kept = stays.map(
    ({ path, owners }) =>
      markup`<tr><th scope="row">${name(path)}</th><td colspan="2">stays, although Git says it no more</td><td>not removed</td><td>${owners.join(', ')}</td></tr>`,
  );
  return markup`<div class="fields scroll"><table><thead><tr>${names.map((title) => markup`<th scope="col">${title}</th>`)}</tr></thead><tbody>
${paths.map((path) => fieldRows(path, columns))}${kept}</tbody></table></div>
`;
}

function fieldRows(path: PathChange, columns: Columns): Html {
  const { before, after, cause } = path;
  const [why, owner] = causeWords[cause];
  const causes = columns.causes ? markup`<td>${why}</td><td>${owner}</td>` : nothing;
  if (!isLong(before, after))
    return markup`<tr><th scope="row">${name(path.path)}</th><td>${cell(before, 'old')}</td><td>${cell(after, 'new')}</td>${causes}</tr>
`;
  return markup`<tr><th scope="row">${name(path.path)}</th><td>${lines(before)}</td><td>${lines(after)}, below</td>${causes}</tr>
<tr><td colspan="${columns.causes ? 5 : 3}">${longHtml(before, after, columns)}</td></tr>
`;
}

function name(path: PathChange['path']): Html {
  const steps = formatPath(path).split(/(?=[.[])/);
  return path.length === 0
    ? markup`the whole object`
    : markup`<code>${steps.map((step, index) => (index === 0 ? markup`${step}` : markup`<wbr>${step}`))}</code>`;
}

function cell(value: Json, side: 'old' | 'new'): Html {
  return value === null
    ? markup`<span class="quiet">absent</span>`
    : markup`<code class="${side}">${inlineValue(value) === '' ? '""' : inlineValue(value)}</code>`;
}

function lines(value: Json): string {
  return value === null ? 'absent' : count(Math.max(1, lineCount(value)), 'line');
}

/** The changed lines; two texts that are too large or too different to compare stand whole, one below the other. */
function longHtml(before: Json, after: Json, columns: Columns): Html {
  const changed = changedLines(before, after);
  if (changed !== null) return diffHtml(parseLines(changed.text), 'long');
  const side = (title: string, value: Json): Html =>
    value === null
      ? nothing
      : markup`<details><summary>${title}, ${lines(value)}</summary><pre>
${wholeText(value)}</pre></details>`;
  return markup`<p>Replaced: too large or too different to compare line by line.</p>${side(columns.before, before)}${side(columns.after, after)}`;
}

function wholeText(value: Json): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value, (_key, item: Json) => (typeof item === 'bigint' ? String(item) : item), 2);
}

function unified(paths: readonly PathChange[]): Html {
  return paths.length === 0 ? nothing : diffHtml(unifiedLines(paths), 'unified');
}

const elements = { ' ': 'span', '@': 'i', '-': 'del', '+': 'ins' } as const;

/** Lines of one sign are one element: small, and read out as deleted or inserted. */
function diffHtml(all: readonly Line[], kind: 'long' | 'unified'): Html {
  const runs: { readonly sign: Line['sign']; readonly texts: string[] }[] = [];
  for (const { sign, text } of all) {
    const last = runs.at(-1);
    const written = `${sign === '@' ? ' ' : sign} ${text}`;
    if (last?.sign === sign) last.texts.push(written);
    else runs.push({ sign, texts: [written] });
  }
  return markup`<pre class="diff ${kind}" tabindex="0">${runs.map(runHtml)}</pre>
`;
}

function runHtml({ sign, texts }: { readonly sign: Line['sign']; readonly texts: readonly string[] }): Html {
  const text = `${texts.join('\n')}\n`;
  const element = elements[sign];
  if (element === 'del') return markup`<del>${text}</del>`;
  if (element === 'ins') return markup`<ins>${text}</ins>`;
  return element === 'i' ? markup`<i>${text}</i>` : markup`<span>${text}</span>`;
}
