import { code, count } from '../../formats/markdown.ts';
import type { Change } from '../../model/change.ts';
import type { Deployment } from '../../model/deployment.ts';
import type { Evidence } from '../../model/health.ts';
import { formatPath } from '../../model/path.ts';
import { formatResource } from '../../model/resource.ts';
import type { Review } from '../../model/review.ts';
import { someOf } from '../../model/some-of.ts';
import { clip, compose, listed, name, plain, sentence, tabled, whole } from './compose.ts';
import type { TextOptions } from './deploy.ts';
import { commitCode, placeCode } from './deployment-words.ts';
import { causeText, evidenceFold } from './evidence.ts';
import { link } from './link.ts';
import { changesFold } from './restored.ts';
import { safetyNotes } from './revert-safety.ts';
import { inlineValue } from './values.ts';

/** What a revert takes back. */
export interface RevertView {
  readonly deployment: Deployment;
  /** Pulls it takes back, oldest first. */
  readonly pulls: readonly { readonly number: number; readonly title: string }[];
  /** Full ids of the commits it takes back. */
  readonly commits: readonly string[];
  /** The whole of the commits, or only the files of this environment. */
  readonly how: 'whole' | 'paths';
  /** Files it writes, relative to the repository root. */
  readonly files: readonly string[];
  /** What it changes on the target: `before` is what failed, `after` what comes back. */
  readonly restores: readonly Change[];
  /** A review of the revert itself; null when it could not be worked out. */
  readonly effect: Review | null;
  /** The commit that was healthy there last. */
  readonly goodCommit: string;
  readonly evidence: readonly Evidence[];
}

const columns = { names: ['Resource', 'Field', 'From', 'To'], align: ['left', 'left', 'left', 'left'] } as const;

/** `revert(prod): apps/checkout back to 51ab7d0 (failed deploy D-17 of pull 482)`, at most 200 characters of plain text. */
export function revertTitle(view: RevertView): string {
  const { deployment, pulls } = view;
  const why = deployment.state === 'failed' ? 'failed deploy' : 'deploy';
  const of = pulls.length === 0 ? '' : ` of ${pullNumbers(view)}`;
  const what = `${plain(deployment.application, 60)} back to ${view.goodCommit.slice(0, 7)}`;
  return `revert(${plain(deployment.environment, 40)}): ${what} (${why} ${plain(deployment.id, 20)}${of})`;
}

/** The body of a revert pull: what it takes back where, what it restores, whether that is safe, why, and how to reject it. */
export function revertBody(view: RevertView, options: TextOptions): string {
  const { deployment } = view;
  const scope =
    view.how === 'whole'
      ? 'All of it is taken back.'
      : `Only files of ${name(deployment.environment)} are taken back; the rest of the change stays.`;
  const head = `**Takes ${pullLinks(view, options)} out of ${placeCode(deployment)}**: ${name(deployment.application)} goes back to ${commitCode(view.goodCommit)}. ${scope}`;
  const safety = safetyNotes(view.restores, deployment.kept, view.effect).join('\n');
  const sections = [
    tabled(columns, view.restores.flatMap(rows), 12_000),
    whole(`**Safe to revert?**\n\n${safety}`),
    whole(whyText(view)),
    evidenceFold(view.evidence, 16_000),
    changesFold(
      'What merging this changes in the cluster',
      (view.effect?.changes ?? []).filter(({ part }) => part === 'pull'),
      12_000,
    ),
    listed(view.pulls.map(pullLine), 3_000, `<b>${count(view.pulls.length, 'pull')}</b> taken back`),
    listed(
      view.commits.map((commit) => `- ${code(clip(commit, 64))}`),
      3_000,
      `${count(view.commits.length, 'commit')} taken back`,
    ),
    listed(
      view.files.map((file) => `- ${code(clip(file, 300))}`),
      3_000,
      `${count(view.files.length, 'file')} written`,
    ),
  ];
  return compose(head, sections, rejection, options.limit);
}

/** Why a revert is closed unmerged: the deployments that are healthy with what it would take back. */
export function mendedText(healthy: readonly Deployment[]): string {
  const shown = healthy
    .slice(0, 5)
    .map(
      (one) =>
        `${name(one.application)} in ${placeCode(one)} is healthy with ${commitCode(one.commit)} (${name(one.id)})`,
    );
  const rest = healthy.length - shown.length;
  const all = rest > 0 ? `${shown.join(', ')} and ${count(rest, 'more', 'more')}` : shown.join(', ');
  return `Not needed any more: ${all}, which holds the change that failed. Reopen this pull if the change is not wanted all the same.`;
}

const rejection =
  '**Not wanted?** Close this pull and nothing is undone; another is opened only when somebody asks for it. `/fairlead hold` here does not stop the merge, only the deploy after it, until `/fairlead unhold`.';

function whyText({ deployment, evidence }: RevertView): string {
  const [first] = evidence;
  const cause = first === undefined ? sentence(deployment.reason, 300) || 'a person asked for it' : causeText(first);
  return `**Why:** ${cause} (deploy ${name(deployment.id)} of ${commitCode(deployment.commit)}).`;
}

function rows(change: Change): readonly (readonly string[])[] {
  const resource = name(formatResource(change.resource));
  if (change.action === 'create') return [[resource, 'whole object', '—', 'comes back']];
  if (change.action === 'delete') return [[resource, 'whole object', 'there', 'removed']];
  return change.paths.map((path) => [
    resource,
    code(clip(formatPath(path.path), 120)),
    code(clip(inlineValue(path.before), 120)),
    code(clip(inlineValue(path.after), 120)),
  ]);
}

function pullLine(pull: RevertView['pulls'][number]): string {
  return `- pull ${pull.number}: ${code(clip(pull.title, 200))}`;
}

function pullNumbers({ pulls }: RevertView): string {
  const numbers = pulls.slice(0, 3).map(({ number }) => `pull ${number}`);
  return pulls.length > 3 ? `${numbers.join(', ')}, …` : numbers.join(', ');
}

function pullLinks(view: RevertView, { pullUrl }: TextOptions): string {
  if (view.pulls.length === 0) return count(view.commits.length, 'commit');
  return someOf(
    view.pulls.map(({ number }) => link(`pull ${number}`, pullUrl?.(number))),
    3,
  );
}
