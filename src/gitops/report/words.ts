import { count } from '../../formats/markdown.ts';
import type { Change, Part } from '../../model/change.ts';
import type { Severity } from '../../model/finding.ts';
import type { Review } from '../../model/review.ts';
import type { Target } from '../../model/target.ts';
import type { Verdict } from '../../model/verdict.ts';

/** Icon and word of a verdict: both, so that neither colour nor font decides. */
export const verdictWords: Readonly<Record<Verdict, { readonly icon: string; readonly word: string }>> = {
  blocked: { icon: '⛔', word: 'Blocked' },
  incomplete: { icon: '❔', word: 'Incomplete' },
  caution: { icon: '⚠️', word: 'Caution' },
  routine: { icon: '🔁', word: 'Routine' },
  ready: { icon: '✅', word: 'Ready' },
  'no-change': { icon: '➖', word: 'No change' },
};

/** Icon of a severity. */
export const severityIcons: Readonly<Record<Severity, string>> = { block: '⛔', caution: '⚠️', note: 'ℹ️' };

/** Sign of an action in a list: added, changed, removed. */
export function signOf(change: Change): string {
  const signs = { create: '+', update: '~', recreate: '±', delete: '−', adopt: '~', none: '=' } as const;
  return signs[change.action];
}

/** `3 resources change in 2 clusters`, what the headline says after the counts of findings. */
export function headline(review: Review): string {
  const blockers = review.findings.filter((finding) => finding.severity === 'block').length;
  const cautions = review.findings.filter((finding) => finding.severity === 'caution').length;
  const unknown = review.targets.filter((target) => target.error !== null).length;
  const parts = [
    blockers > 0 ? count(blockers, 'blocker') : '',
    unknown > 0 ? `${count(unknown, 'target')} not fully worked out` : '',
    cautions > 0 ? count(cautions, 'caution') : '',
    `${consequence(review)}${manners(review)}`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/** Whether both of the gravest verdicts hold, so that both are named. */
export function verdictTitle(review: Review): string {
  const { icon, word } = verdictWords[review.verdict];
  const both = review.verdict === 'blocked' && review.targets.some((target) => target.error !== null);
  return both ? `${icon} ${word} and incomplete` : `${icon} ${word}`;
}

/** `prod · prod-eu`, or `prod`, or an em dash. */
export function placeOf(target: Target): string {
  return [target.environment, target.cluster].filter((part) => part !== null).join(' · ') || '—';
}

/** The changes of one part that do something. */
export function changesOf(review: Review, part: Part, target?: string): readonly Change[] {
  return review.changes.filter(
    (change) => change.part === part && change.action !== 'none' && (target === undefined || change.target === target),
  );
}

/** How many resources are added, changed and removed. */
export function tally(changes: readonly Change[]): {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
} {
  const removed = changes.filter((change) => change.action === 'delete').length;
  const added = changes.filter((change) => change.action === 'create').length;
  return { added, removed, changed: changes.length - added - removed };
}

function consequence(review: Review): string {
  const changes = changesOf(review, 'pull');
  if (changes.length === 0) return review.verdict === 'no-change' ? 'merging changes nothing' : 'no change seen';
  const clusterOf = new Map(review.targets.map((target) => [target.id, target.cluster]));
  const live = changes.flatMap((change) => readCluster(review, clusterOf.get(change.target) ?? null));
  const inGit = changes.length - live.length;
  if (live.length === 0) return `${changing(inGit)} between base and head`;
  const merged = `${changing(live.length)} in ${count(new Set(live).size, 'cluster')} on merge`;
  return inGit === 0 ? merged : `${merged} · ${inGit} compared in Git only`;
}

/** How some of the changes come about, where it is not the usual way: ` (1 recreated, 2 worked out without the server)`. */
function manners(review: Review): string {
  const changes = changesOf(review, 'pull');
  const of = (holds: (change: Change) => boolean): number => changes.filter(holds).length;
  const counts = [
    [of(({ action }) => action === 'recreate'), 'recreated'],
    [of(({ action }) => action === 'adopt'), 'adopted'],
    [of(({ stays = [] }) => stays.length > 0), 'with fields that stay'],
    [of(({ offline }) => offline !== undefined), 'worked out without the server'],
  ] as const;
  const told = counts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  return told.length === 0 ? '' : ` (${told.join(', ')})`;
}

function readCluster(review: Review, cluster: string | null): readonly string[] {
  return cluster !== null && review.clustersRead.includes(cluster) ? [cluster] : [];
}

function changing(resources: number): string {
  return `${count(resources, 'resource')} ${resources === 1 ? 'changes' : 'change'}`;
}

/** `3 of 3 applications rendered`, and how many of them are of the repositories that use this one. */
export function renderedText({ coverage, helm }: Pick<Review, 'coverage' | 'helm'>): string {
  const { applications, rendered, usedBy = [] } = coverage;
  const theirs = usedBy.map((user) => `${user.applications} of ${user.repository}`);
  const among = theirs.length === 0 ? '' : ` (${theirs.join(', ')})`;
  return `${rendered} of ${count(applications, 'application')} rendered${among}${helmText({ helm })}`;
}

/** ` with Helm 4`, for the line that says what was rendered; nothing where no chart was. */
function helmText({ helm }: Pick<Review, 'helm'>): string {
  const names = helm.map((engine) => (engine === 'helm3' ? 'Helm 3' : 'Helm 4'));
  return names.length === 0 ? '' : `, charts with ${names.join(' and ')}`;
}
