import { code, count } from '../../formats/markdown.ts';
import type { Adopted, Change, StayingPath } from '../../model/change.ts';
import { formatPath } from '../../model/path.ts';
import { someOf } from '../../model/some-of.ts';
import { sentence } from './compose.ts';
import { bounded } from './limits.ts';

/** Most clauses of one list that are named; the rest is counted. */
const named = 8;

/** Most fields that stay which are named. */
const namedFields = 20;

/** Longest reason, in UTF-16 code units. */
const reasonLimit = 240;

/** What merging does to an object beside its fields, one clause each (Markdown, never at the start of a line). */
export function clausesOf(change: Change): readonly string[] {
  const { action, takes = [], adopts, stays = [], offline } = change;
  const clauses = [
    action === 'recreate' ? 'deleted and created anew, as no server changes such a field' : '',
    takes.length === 0 ? '' : takesText(takes),
    adoptsText(change, adopts),
    stays.length === 0
      ? ''
      : `${count(stays.length, 'field')} Git says no more ${stays.length === 1 ? 'stays' : 'stay'}`,
    offline === undefined ? '' : `worked out without the server: ${sentence(offline, reasonLimit)}`,
  ];
  return clauses.filter((clause) => clause !== '');
}

/** The same as plain text, foreign words as they are; for places that make them visible themselves. */
export function mannerText({ action, takes = [], adopts, stays = [], offline }: Change): string {
  const adopted = adopts === undefined ? action === 'adopt' : adopts.owner === null && action === 'adopt';
  const clauses = [
    action === 'recreate' ? 'deleted and created anew' : '',
    takes.length === 0 ? '' : `takes with it ${takes.join(', ')}`,
    adopted ? 'exists already, claimed by nobody' : '',
    adopts === undefined || adopts.owner === null ? '' : `taken over from ${adopts.owner}`,
    adopts === undefined || adopts.fields === 0 ? '' : `${count(adopts.fields, 'field')} taken over unchanged`,
    ...stays.map(({ path, owners }) => `${formatPath(path)} stays, owned by ${owners.join(', ')}`),
    offline === undefined ? '' : `worked out without the server: ${offline}`,
  ];
  return clauses.filter((clause) => clause !== '').join('; ');
}

/** Which fields stay though Git says them no more, and who owns them; '' where none does. */
export function staysText({ stays = [] }: Change): string {
  if (stays.length === 0) return '';
  const rest = stays.length - namedFields;
  const names = stays.slice(0, namedFields).map(stayText);
  return `Stays all the same: ${names.join('; ')}${rest > 0 ? `; and ${count(rest, 'more field')}` : ''}.`;
}

function stayText({ path, owners }: StayingPath): string {
  const others = owners.slice(0, 4).map((owner) => code(bounded(owner, 100)));
  const rest = owners.length - others.length;
  const who = rest > 0 ? [...others, `${rest} more`] : others;
  return `${code(bounded(formatPath(path), 120))}${who.length === 0 ? '' : `, owned by ${who.join(', ')}`}`;
}

function takesText(takes: readonly string[]): string {
  const told = takes.map((what) => sentence(what, 120));
  return `takes with it ${someOf(told, named)}`;
}

function adoptsText({ action }: Change, adopts: Adopted | undefined): string {
  if (adopts === undefined) return action === 'adopt' ? 'exists already and comes under Git' : '';
  const { owner, fields } = adopts;
  const whose = owner === null ? 'exists already, claimed by nobody' : `taken over from ${code(bounded(owner, 160))}`;
  const taken = fields === 0 ? '' : `${count(fields, 'field')} taken over as ${fields === 1 ? 'it is' : 'they are'}`;
  const parts = [action === 'adopt' || owner !== null ? whose : '', taken];
  return parts.filter((part) => part !== '').join(', ');
}
