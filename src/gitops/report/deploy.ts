import { count } from '../../formats/markdown.ts';
import type { Deployment } from '../../model/deployment.ts';
import { formatResource } from '../../model/resource.ts';
import { someOf } from '../../model/some-of.ts';
import type { Mode } from '../../model/verdict.ts';
import { compose, listed, name, sentence, tabled, whole } from './compose.ts';
import {
  byAge,
  clockText,
  commitCode,
  countsText,
  isActive,
  newestByTarget,
  placeCode,
  podsText,
  stateText,
  stateWord,
  tookText,
} from './deployment-words.ts';
import { link } from './link.ts';
import { nextCommands } from './next-commands.ts';
import { settingsLine } from './settings-line.ts';

/** What became of the merge of a pull. */
export interface DeployView {
  /** Full id of the commit that is deployed. */
  readonly commit: string;
  readonly pull: number;
  /** All of this pull, in any order. */
  readonly deployments: readonly Deployment[];
  readonly mode: Mode;
  /** Why the newest settings are not in force, one sentence; null when they are. */
  readonly problem: string | null;
}

/** What texts depend on beside what they tell. */
export interface TextOptions {
  /** UTF-16 code units the forge lets the text have. */
  readonly limit: number;
  /** Address of the commit, or null where there is none. */
  readonly commitUrl?: string | null;
  /** Address of a pull, or null where there is none. */
  readonly pullUrl?: ((pull: number) => string) | null;
}

const columns = {
  names: ['Environment · cluster', 'Application', 'State', 'Objects', 'Pods', 'Took'],
  align: ['left', 'left', 'left', 'left', 'left', 'right'],
} as const;

/**
 * The deploy comment of a merged pull: how far it is first, then one row per target, where it was rolled back, the next commands,
 * what was kept, the timeline. Holds recorded times only, so that the same deployments always read the same.
 */
export function deployComment(view: DeployView, options: TextOptions): string {
  const newest = newestByTarget(view.deployments);
  const commit = link(commitCode(view.commit), options.commitUrl);
  const sections = [
    whole(settingsLine(view.problem)),
    tabled(columns, newest.map(row), 24_000),
    listed(rollbackLines(newest, view.deployments), 4_000, null),
    listed(revertLines(view.deployments), 4_000, null),
    whole(nextLine(newest, view.mode)),
    listed(keptLines(newest), 6_000, '<b>Kept in the cluster although Git has it no more</b>'),
    listed(timeline(view.deployments), 12_000, 'Timeline'),
  ];
  return compose(`### ${headline(newest)} — ${commit}`, sections, footer(view, newest), options.limit);
}

function headline(newest: readonly Deployment[]): string {
  const healthy = newest.filter(({ state }) => state === 'healthy').length;
  const of = (...states: readonly Deployment['state'][]): readonly Deployment[] =>
    newest.filter(({ state }) => states.includes(state));
  if (newest.length === 0) return '➖ Nothing is deployed';
  const far = `${healthy} of ${count(newest.length, 'target')} healthy`;
  const back = newest.filter(isRolledBack);
  if (healthy === newest.length && back.length > 0) return `↩️ Rolled back in ${environments(back)} · ${far}`;
  if (healthy === newest.length) return `✅ Deployed to ${count(healthy, 'target')}, all healthy`;
  const [failed, unknown, waiting] = [of('failed'), of('unknown'), of('waiting', 'accepted')];
  if (failed.length > 0) return `⛔ Deploy failed in ${environments(failed)} · ${far}`;
  if (unknown.length > 0) return `❔ Not known to be healthy in ${environments(unknown)} · ${far}`;
  if (newest.some((deployment) => isActive(deployment) && deployment.state !== 'accepted'))
    return `🚀 Deploying to ${environments(newest.filter(isActive))} · ${far}`;
  if (waiting.length > 0) return `⏳ Waiting to deploy to ${environments(waiting)} · ${far}`;
  return `⏭️ Superseded by a newer deployment · ${far}`;
}

function environments(deployments: readonly Deployment[]): string {
  const names = [...new Set(deployments.map(({ environment }) => environment))];
  return someOf(names.map(name), 3);
}

function row(deployment: Deployment): readonly string[] {
  return [
    placeCode(deployment),
    name(deployment.application),
    stateText(deployment),
    countsText(deployment),
    podsText(deployment),
    tookText(deployment),
  ];
}

function nextLine(newest: readonly Deployment[], mode: Mode): string {
  if (mode === 'observe')
    return '**Nothing is written**: mode is `observe`; `mode: enforce` in `.fairlead.yaml` switches deploys on.';
  const commands = nextCommands(newest, mode);
  if (commands.length > 0) return `**Next:** ${commands.join(' · ')}`;
  return newest.some(({ state }) => state === 'waiting' || state === 'accepted')
    ? '**Next:** goes on by itself · `/fairlead explain` says what it waits for · `/fairlead hold` stops it'
    : '';
}

/** Whether a target has, or is getting, another commit than Git says, because a person asked for it. */
function isRolledBack({ trigger, state }: Deployment): boolean {
  return trigger === 'rollback' && state !== 'failed' && state !== 'superseded';
}

/** Which commit runs in place of which, that Git says otherwise, and how to go on. */
function rollbackLines(newest: readonly Deployment[], all: readonly Deployment[]): readonly string[] {
  return newest.filter(isRolledBack).map((deployment) => {
    const { application, commit, state, environment } = deployment;
    const who = `${name(application)} in ${placeCode(deployment)}`;
    const runs = state === 'healthy' ? `runs ${commitCode(commit)} again` : `goes back to ${commitCode(commit)}`;
    const undone = undoneBy(deployment, all);
    const instead = undone === undefined ? '' : ` in place of ${commitCode(undone.commit)}`;
    const again = name(`/fairlead deploy ${environment}`);
    return `- **Rolled back:** ${who} ${runs}${instead}; Git still says otherwise. A merged revert or fix makes them agree; ${again} deploys this pull again.`;
  });
}

function undoneBy({ target, commit }: Deployment, all: readonly Deployment[]): Deployment | undefined {
  const begun = byAge(all).filter(({ state }) => state !== 'waiting' && state !== 'accepted');
  return begun.findLast((one) => one.target === target && one.commit !== commit);
}

/** What became of reverts that people asked for; of a failure its own comment tells. */
function revertLines(deployments: readonly Deployment[]): readonly string[] {
  return byAge(deployments).flatMap((deployment) => {
    const { state, application, revertPull, revertNote } = deployment;
    if (state === 'failed' || (revertPull === null && revertNote === null)) return [];
    const what = `${name(application)} in ${placeCode(deployment)}`;
    const pull = revertPull === null ? '' : `pull ${revertPull} takes ${what} back`;
    return [
      `- **${pull === '' ? 'No revert' : 'Revert'}:** ${[pull || what, sentence(revertNote ?? '', 300)].filter((part) => part !== '').join(' — ')}`,
    ];
  });
}

function keptLines(newest: readonly Deployment[]): readonly string[] {
  return newest.flatMap((deployment) =>
    deployment.kept.map(
      ({ resource, why }) =>
        `- ${name(formatResource(resource))} in ${placeCode(deployment)} — ${sentence(why, 200) || 'no reason given'}`,
    ),
  );
}

function timeline(deployments: readonly Deployment[]): readonly string[] {
  return byAge(deployments)
    .flatMap((deployment) => deployment.steps.map((step) => ({ deployment, step })))
    .sort((one, other) => Date.parse(one.step.at) - Date.parse(other.step.at))
    .map(({ deployment, step }) => {
      const note = step.note === '' ? '' : ` — ${sentence(step.note, 200)}`;
      const who = `${name(deployment.application)} in ${placeCode(deployment)}`;
      return `- ${name(clockText(step.at))} ${stateWord(step.state)}: ${who} (${name(deployment.id)})${note}`;
    });
}

function footer(view: DeployView, newest: readonly Deployment[]): string {
  const earlier = view.deployments.length - newest.length;
  const parts = [
    `pull ${view.pull}`,
    earlier > 0 ? `${count(earlier, 'earlier attempt')} in the timeline` : '',
    'all commands: <code>/fairlead help</code>',
  ];
  return `<sub>${parts.filter((part) => part !== '').join(' · ')}</sub>`;
}
