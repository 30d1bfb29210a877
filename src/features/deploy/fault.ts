import type { Deployment } from '../../model/deployment.ts';
import { BorderError, type FairleadError } from '../../model/error.ts';
import { deployJob } from '../../model/queued.ts';
import { watchedSince } from './decide-health.ts';
import { refusalOf } from './gate.ts';
import { later, longestWait, type Move } from './record.ts';
import type { DeployTools } from './tools.ts';

/**
 * What a fault means: a cluster or forge that does not answer is waited for; what cannot be read or rendered waits for a person.
 * Either way it is looked at again: the outcome of what is written already is never left open.
 */
export function faultMove(deployment: Deployment, error: FairleadError, tools: DeployTools): Move {
  const isTransient = error instanceof BorderError && ['unavailable', 'limited', 'conflict'].includes(error.kind);
  const isStarted = deployment.state !== 'accepted' && deployment.state !== 'waiting';
  const reason = `${error.message} ${error.remedy}`;
  const again = [deployJob(deployment.id, later(isTransient ? tools.pace.look * 5 : longestWait, tools))];
  if (isPastDeadline(deployment, tools)) return { state: 'unknown', reason, change: {}, jobs: again };
  if (isStarted || refusalOf(deployment) !== null) return { state: null, reason, change: {}, jobs: again };
  return { state: 'waiting', reason, change: {}, jobs: again };
}

function isPastDeadline(deployment: Deployment, { now, pace }: DeployTools): boolean {
  const isWatched = deployment.state === 'following' || deployment.state === 'soaking';
  return isWatched && now().getTime() - watchedSince(deployment) > pace.healthDeadline;
}
