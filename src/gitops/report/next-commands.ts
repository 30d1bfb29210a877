import type { Deployment } from '../../model/deployment.ts';
import type { Mode } from '../../model/verdict.ts';
import { name } from './compose.ts';

/** Most commands named at once. */
const limit = 8;

/**
 * The commands that would move these deployments on, as code spans, without repeats. A wait for another environment or a soak
 * ends by itself and needs none.
 */
export function nextCommands(deployments: readonly Deployment[], mode: Mode): readonly string[] {
  if (mode === 'observe') return [];
  const commands = deployments.flatMap(commandsFor);
  return [...new Set(commands)].slice(0, limit).map(name);
}

/** The command that moves a deployment on: by its hold or pause, else the one its reason names; null when it goes on by itself. */
export function unblock({ reason, environment }: Pick<Deployment, 'reason' | 'environment'>): string | null {
  if (/^held by /.test(reason)) return '/fairlead unhold';
  if (/^everything is paused by /.test(reason)) return '/fairlead resume';
  if (reason.startsWith(`${environment} is paused by `)) return `/fairlead resume ${environment}`;
  const named = /`\/fairlead (approve|deploy) [^`]+`/.exec(reason)?.[1];
  return named === undefined ? null : `/fairlead ${named} ${environment}`;
}

function commandsFor(deployment: Deployment): readonly string[] {
  const { state, environment } = deployment;
  switch (state) {
    case 'waiting':
      return [unblock(deployment)].filter((command) => command !== null);
    case 'failed':
      return [`/fairlead retry ${environment}`, `/fairlead revert ${environment}`];
    case 'unknown':
      return [`/fairlead status`, `/fairlead retry ${environment}`];
    case 'healthy':
    case 'accepted':
    case 'applying':
    case 'following':
    case 'soaking':
    case 'superseded':
      return [];
    default:
      return state satisfies never;
  }
}
