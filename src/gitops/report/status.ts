import type { Change } from '../../model/change.ts';
import type { Deployment } from '../../model/deployment.ts';
import { formatResource } from '../../model/resource.ts';
import type { Mode } from '../../model/verdict.ts';
import { changeBlock } from './change-text.ts';
import { name, sentence, tabled } from './compose.ts';
import { clockText, commitCode, newestByTarget, placeCode, podsText, stateText } from './deployment-words.ts';
import { nextCommands, unblock } from './next-commands.ts';
import { settingsLine } from './settings-line.ts';

/** What `status` and `explain` tell. */
export interface StatusView {
  readonly deployments: readonly Deployment[];
  readonly pauses: readonly { readonly environment: string | null; readonly by: string; readonly reason: string }[];
  readonly mode: Mode;
  /** Why the newest settings are not in force, one sentence; null when they are. */
  readonly problem: string | null;
}

const columns = {
  names: ['Environment · cluster', 'Application', 'Commit', 'State', 'Pods', 'Since'],
  align: ['left', 'left', 'left', 'left', 'left', 'left'],
} as const;

/** Where the deployments stand now, newest of every target, with the commands that move them on. */
export function statusText(view: StatusView, limit: number): string {
  const newest = newestByTarget(view.deployments);
  const body = newest.length === 0 ? 'Nothing was deployed.' : tabled(columns, newest.map(row), limit)(limit);
  const commands = nextCommands(newest, view.mode);
  const next = commands.length === 0 ? '' : `**Next:** ${commands.join(' · ')}`;
  return [body, settingsLine(view.problem), pausesText(view), next].filter((part) => part !== '').join('\n\n');
}

/** What every deployment that is not at its end waits for, and what ends the wait. */
export function waitingText(view: StatusView, limit: number): string {
  const waiting = newestByTarget(view.deployments).filter(({ state }) => state !== 'healthy' && state !== 'superseded');
  const lines = waiting.map((deployment) => {
    const command = unblock(deployment);
    const isNamed = command === null || deployment.reason.includes(command);
    const hint = isNamed || deployment.state !== 'waiting' ? '' : ` — ${name(command)} ends that`;
    return `- ${name(deployment.application)} in ${placeCode(deployment)}: ${stateText(deployment)}${hint}`;
  });
  const shown = lines.filter((_, index) => lines.slice(0, index + 1).join('\n').length < limit - 200);
  const list = shown.length === 0 ? 'No deployment waits.' : shown.join('\n');
  return [list, settingsLine(view.problem), pausesText(view)].filter((part) => part !== '').join('\n\n');
}

/** What merging does to one resource, path by path with its cause. */
export function explainText(changes: readonly Change[], limit: number): string {
  const parts: string[] = [];
  let left = limit;
  for (const change of changes) {
    const text = `${change.target === '' ? '' : `On ${name(change.target)}:\n\n`}${changeBlock(change, { before: 'Live', after: 'After merge' })}\n${causes(change)}`;
    left -= text.length + 2;
    if (left < 0)
      return [...parts, `${name(formatResource(change.resource))} on ${name(change.target)} does not fit here.`].join(
        '\n\n',
      );
    parts.push(text);
  }
  return parts.join('\n\n');
}

function causes(change: Change): string {
  const of = (cause: string): number => change.paths.filter((path) => path.cause === cause).length;
  const words = [
    [of('git'), 'said by Git'],
    [of('admission'), 'set by the server (a default or a webhook)'],
    [of('takeover'), 'taken over from another field manager'],
  ] as const;
  const told = words.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  return told.length === 0 ? 'The whole object is concerned.' : `Why: ${told.join(', ')}.`;
}

function row(deployment: Deployment): readonly string[] {
  const last = deployment.steps.at(-1)?.at ?? deployment.createdAt;
  return [
    placeCode(deployment),
    name(deployment.application),
    commitCode(deployment.commit),
    stateText(deployment),
    podsText(deployment),
    clockText(last),
  ];
}

function pausesText({ pauses }: StatusView): string {
  return pauses
    .slice(0, 20)
    .map((pause) => {
      const where = pause.environment === null ? 'Every environment' : name(pause.environment);
      return `- ⏸️ ${where} is paused by ${name(pause.by)}${pause.reason === '' ? '' : `: ${sentence(pause.reason, 200)}`}`;
    })
    .join('\n');
}
