import { code, count } from '../../formats/markdown.ts';
import type { Drift } from '../../model/drift.ts';
import { someOf } from '../../model/some-of.ts';
import { clip, compose, listed, name, plain, tabled } from './compose.ts';
import type { TextOptions } from './deploy.ts';
import { driftColumns, driftRow, sortDrift } from './drift-table.ts';

/** Live values that a pull brings into Git. */
export interface AdoptView {
  /** At least one, all of one repository. */
  readonly drift: readonly Drift[];
  /** Files it writes, relative to the repository root. */
  readonly files: readonly string[];
}

/** `Adopt live values: apps/orders in prod`, plain text. */
export function adoptTitle(view: AdoptView): string {
  const places = [
    ...new Set(view.drift.map((drift) => `${plain(drift.application, 60)} in ${plain(drift.environment, 40)}`)),
  ];
  const rest = places.length > 1 ? ` and ${places.length - 1} more` : '';
  return `Adopt live ${view.drift.length === 1 ? 'value' : 'values'}: ${places[0] ?? 'nothing'}${rest}`;
}

/** The body of an adopt pull: what becomes Git's word, who changed it, which files, and how to reject it. */
export function adoptBody(view: AdoptView, options: TextOptions): string {
  const rows = sortDrift(view.drift);
  const places = [...new Set(rows.map((drift) => `${name(drift.environment)} · ${name(drift.application)}`))];
  const head = `**Writes ${count(rows.length, 'live value')} of ${someOf(places, 3)} into Git.** Merging it changes nothing in the cluster.`;
  const sections = [
    tabled(driftColumns, rows.map(driftRow), 40_000),
    listed(
      view.files.map((file) => `- ${code(clip(file, 300))}`),
      6_000,
      `${count(view.files.length, 'file')} written`,
    ),
  ];
  return compose(head, sections, rejection(rows), options.limit);
}

function rejection(rows: readonly Drift[]): string {
  const heal = rows.slice(0, 3).map((drift) => name(`/fairlead heal ${drift.id}`));
  return `**Not wanted?** Close this pull: Git stays as it is and the drift stays on the board. ${heal.join(' · ')} puts Git back into the cluster.`;
}
