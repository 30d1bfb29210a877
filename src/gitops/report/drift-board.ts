import { count } from '../../formats/markdown.ts';
import type { Drift } from '../../model/drift.ts';
import { compose, listed, name, plain, type Section, sentence, tabled, whole } from './compose.ts';
import type { TextOptions } from './deploy.ts';
import { clockText } from './deployment-words.ts';
import { boardColumns, boardRow, sortDrift } from './drift-table.ts';
import { settingsLine } from './settings-line.ts';

/** How a target compares with Git. */
export interface WatchedTarget {
  /** Target id. */
  readonly target: string;
  readonly application: string;
  readonly environment: string;
  readonly cluster: string;
  readonly state: 'in-sync' | 'drifted' | 'unreachable' | 'unwatched';
  /** Why, one sentence; null when the state says it all. */
  readonly reason: string | null;
}

/** What the board of a repository shows. */
export interface BoardView {
  readonly repository: string;
  readonly targets: readonly WatchedTarget[];
  /** Open rows. */
  readonly drifts: readonly Drift[];
  readonly pauses: readonly { readonly environment: string | null; readonly by: string; readonly reason: string }[];
  /** Why the newest settings are not in force, one sentence; null when they are. */
  readonly problem: string | null;
  /** ISO 8601, UTC. */
  readonly checkedAt: string;
}

/** Matches the part of the board that may differ without a reason to edit it. */
export const checkedAtPattern = /checked \d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} UTC/;

/** The drift board: how much drifted first, then a table per application with the commands of every row, then what is not watched. */
export function driftBoard(view: BoardView, options: TextOptions): { readonly title: string; readonly body: string } {
  const groups = groupDrift(sortDrift(view.drifts));
  const sections = [
    ...groups.map(([heading, drifts]) => group(heading, drifts)),
    whole(view.drifts.length === 0 ? '' : next),
    section('Paused', view.pauses.map(pauseLine)),
    section('Not reachable', targetLines(view, 'unreachable')),
    section('Not watched', targetLines(view, 'unwatched')),
    listed(targetLines(view, 'in-sync'), 6_000, 'In sync'),
  ];
  const title = `Fairlead: drift of ${plain(view.repository, 100)}`;
  const head = [headline(view), settingsLine(view.problem)].filter((part) => part !== '').join('\n\n');
  return { title, body: compose(head, hiddenCounted(sections, groups.length), footer(view), options.limit) };
}

const next =
  '**Next:** `/fairlead heal ID` puts Git back into the cluster, for all of that object (Argo CD and Flux: of its application) · `/fairlead adopt ID` opens a pull with the live value · answer with a comment here';

function headline(view: BoardView): string {
  const of = (state: WatchedTarget['state']): number => view.targets.filter((target) => target.state === state).length;
  const drifted = new Set(view.drifts.map(({ target }) => target)).size;
  const unread = of('unreachable') + of('unwatched');
  const icon = view.drifts.length > 0 ? '🟡' : unread > 0 || view.targets.length === 0 ? '❔' : '🟢';
  const words =
    view.drifts.length > 0
      ? `${count(view.drifts.length, 'field')} drifted in ${count(drifted, 'target')}`
      : `No drift seen in ${count(of('in-sync'), 'target')}`;
  const parts = [
    `${icon} **${words}**`,
    view.drifts.length > 0 ? `${of('in-sync')} in sync` : '',
    of('unreachable') > 0 ? `${of('unreachable')} not reachable` : '',
    of('unwatched') > 0 ? `${of('unwatched')} not watched` : '',
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

function groupDrift(drifts: readonly Drift[]): readonly (readonly [string, readonly Drift[]])[] {
  const groups = new Map<string, Drift[]>();
  for (const drift of drifts) {
    const heading = `### ${[drift.environment, drift.application, drift.cluster].map(name).join(' · ')}`;
    groups.set(heading, [...(groups.get(heading) ?? []), drift]);
  }
  return [...groups];
}

function group(heading: string, drifts: readonly Drift[]): Section {
  return (budget) => {
    const rows = tabled(boardColumns, drifts.map(boardRow), 20_000)(budget - heading.length - 2);
    return rows === '' ? '' : `${heading}\n\n${rows}`;
  };
}

/** The groups share what is left; those without room are counted in one sentence, for which room is kept. */
function hiddenCounted(sections: readonly Section[], groups: number): readonly Section[] {
  const reserve = 120;
  let hidden = 0;
  const watched = sections.map((section, index): Section => {
    return (budget) => {
      const text = section(budget - reserve);
      const fits = text !== '' && text.length <= budget - reserve;
      if (index < groups && !fits) hidden += 1;
      return fits ? text : '';
    };
  });
  const told: Section = () => (hidden === 0 ? '' : `… ${count(hidden, 'more application')} with drift: no room left.`);
  return [...watched.slice(0, groups), told, ...watched.slice(groups)];
}

function section(heading: string, lines: readonly string[]): Section {
  return (budget) => {
    const text = listed(lines, 6_000, null)(budget - heading.length - 6);
    return text === '' ? '' : `### ${heading}\n\n${text}`;
  };
}

function pauseLine(pause: BoardView['pauses'][number]): string {
  const where = pause.environment === null ? 'every environment' : name(pause.environment);
  const resume = name(`/fairlead resume${pause.environment === null ? '' : ` ${pause.environment}`}`);
  const reason = pause.reason === '' ? '' : ` — ${sentence(pause.reason, 200)}`;
  return `- ${where}, by ${name(pause.by)}${reason} · ${resume} on a pull ends it`;
}

function targetLines(view: BoardView, state: WatchedTarget['state']): readonly string[] {
  return view.targets
    .filter((target) => target.state === state)
    .map((target) => {
      const reason = target.reason === null ? '' : ` — ${sentence(target.reason, 300)}`;
      return `- ${[target.environment, target.application, target.cluster].map(name).join(' · ')}${reason}`;
    })
    .sort();
}

function footer(view: BoardView): string {
  return `<sub>checked ${clockText(view.checkedAt)} · written by Fairlead; edits are overwritten</sub>`;
}
