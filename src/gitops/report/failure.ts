import { code, count, table } from '../../formats/markdown.ts';
import type { Change } from '../../model/change.ts';
import type { Deployment } from '../../model/deployment.ts';
import { formatPath } from '../../model/path.ts';
import { formatResource } from '../../model/resource.ts';
import { clip, compose, name, sentence, whole } from './compose.ts';
import type { TextOptions } from './deploy.ts';
import { commitCode, countsText, placeCode, podsText } from './deployment-words.ts';
import { causeText, evidenceFold } from './evidence.ts';
import { link } from './link.ts';
import { changesFold } from './restored.ts';
import { inlineValue } from './values.ts';

/** A deployment that failed and what is done about it. */
export interface FailureView {
  readonly deployment: Deployment;
  /** What this pull changes on this target. */
  readonly changes: readonly Change[];
  /** The pull that takes it back, if there ever was one. */
  readonly revert: RevertPull | { readonly none: string };
  /** The commit that was healthy there last; null when none was. */
  readonly lastGood: string | null;
}

/** A pull that was opened to take a deployment back. */
export interface RevertPull {
  readonly pull: number;
  readonly url: string;
  readonly state: 'open' | 'merged' | 'closed';
  /** Why no other was opened since it was closed (one sentence); null when nobody asked. */
  readonly none: string | null;
}

/** Most changed fields named in the table; the fold holds the rest. */
const fieldLimit = 4;

/** The failure comment of a pull: that it failed and whether a revert is open, then cause, change, what stands, evidence, commands. */
export function failureComment(view: FailureView, options: TextOptions): string {
  const { deployment } = view;
  const title = `### ⛔ Deploy failed in ${placeCode(deployment)} — ${name(deployment.application)}; ${revertText(view)}`;
  const sections = [
    whole(summary(view)),
    evidenceFold(deployment.evidence, 30_000),
    changesFold('Changed by this pull', view.changes, 16_000),
  ];
  return compose(title, sections, nextLine(view), options.limit);
}

function revertText({ revert }: FailureView): string {
  if (!('pull' in revert)) return 'no revert is open';
  return `${link(`revert pull ${revert.pull}`, revert.url)} ${revert.state === 'open' ? 'is' : 'was'} ${revert.state}`;
}

/** Why nothing takes it back; null when a pull does, or did. */
function noRevertText({ revert, deployment }: FailureView): string | null {
  if (!('pull' in revert)) return revert.none;
  if (revert.state !== 'closed') return null;
  return revert.none ?? `pull ${revert.pull} was closed; \`/fairlead revert ${deployment.environment}\` opens another`;
}

function summary(view: FailureView): string {
  const { deployment } = view;
  const [first] = deployment.evidence;
  const rows = [
    ['First cause', first === undefined ? sentence(deployment.reason, 300) || 'not known' : causeText(first)],
    ['Reason', sentence(deployment.reason, 300) || '—'],
    ['Changed by this pull', changedText(view.changes)],
    ['Stands now', standsText(deployment)],
    ['Last good commit', view.lastGood === null ? 'none: nothing was healthy here before' : commitCode(view.lastGood)],
  ];
  const none = noRevertText(view);
  if (none !== null) rows.push(['No revert', sentence(none, 300) || '—']);
  return table(['What', 'Seen'], ['left', 'left'], rows);
}

function changedText(changes: readonly Change[]): string {
  const told = changes.filter((change) => change.action !== 'none');
  if (told.length === 0) return 'nothing on this target';
  const fields = told.flatMap((change) => change.paths.map((path) => ({ change, path })));
  const shown = fields.slice(0, fieldLimit).map(({ path }) => {
    const value = (side: typeof path.before): string => code(clip(inlineValue(side), 60));
    return `${code(clip(formatPath(path.path), 90))} ${value(path.before)} → ${value(path.after)}`;
  });
  if (shown.length === 0)
    return told
      .slice(0, fieldLimit)
      .map((change) => name(formatResource(change.resource)))
      .join(', ');
  const rest = fields.length - shown.length;
  return rest === 0 ? shown.join('; ') : `${shown.join('; ')} and ${count(rest, 'more field')}`;
}

function standsText(deployment: Deployment): string {
  const before = deployment.failedBefore.length;
  const parts = [
    deployment.counts === null ? 'nothing was written' : countsText(deployment),
    deployment.pods === null ? '' : `pods ${podsText(deployment)}`,
    deployment.kept.length === 0 ? '' : `${count(deployment.kept.length, 'object')} kept`,
    before === 0 ? '' : `${count(before, 'object')} failed already before`,
    `commit ${commitCode(deployment.commit)}`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

function nextLine({ deployment: { environment }, revert, lastGood }: FailureView): string {
  const retry = name(`/fairlead retry ${environment}`);
  const rollback = name(`/fairlead rollback ${environment}`);
  if (!('pull' in revert) || revert.state === 'closed')
    return `**Next:** ${retry} tries again · ${name(`/fairlead revert ${environment}`)} opens a revert · ${rollback} puts the last good commit back`;
  const pull = link(`pull ${revert.pull}`, revert.url);
  if (revert.state === 'merged')
    return `**Next:** ${pull} takes it back, and says how its deploy fares · ${rollback} puts the last good commit back now`;
  const good = lastGood === null ? '' : ` to go back to ${commitCode(lastGood)}`;
  return `**Next:** merge ${pull}${good}, or close it to keep the change · ${retry} tries again · ${rollback} puts the last good commit back now`;
}
