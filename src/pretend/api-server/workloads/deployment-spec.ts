import { type Json, type JsonObject, pickText } from '../../../model/json.ts';
import { numberAt, objectAt } from './fields.ts';
import type { RolloutWish } from './rolling.ts';

/** The annotation that counts the templates of a Deployment. */
export const revisionAnnotation = 'deployment.kubernetes.io/revision';

/** Which template of its Deployment a ReplicaSet stands for, counted from 1. */
export function revisionOf(set: JsonObject): number {
  return Number(pickText(set, 'metadata', 'annotations', revisionAnnotation) ?? 0);
}

/** What a Deployment asks for: percentages are of its replicas, a surge rounded up, unavailable ones rounded down. */
export function wishOf(deployment: JsonObject): RolloutWish {
  const replicas = numberAt(deployment, ['spec', 'replicas'], 1);
  const recreates = pickText(deployment, 'spec', 'strategy', 'type') === 'Recreate';
  const rolling = objectAt(deployment, 'spec', 'strategy', 'rollingUpdate');
  const maxSurge = Math.ceil(share(rolling['maxSurge'], replicas));
  const maxUnavailable = Math.floor(share(rolling['maxUnavailable'], replicas));
  // When both come to nothing, one pod has to go before another can come.
  const least = maxSurge === 0 && maxUnavailable === 0 ? 1 : maxUnavailable;
  return { replicas, recreates, maxSurge, maxUnavailable: recreates ? replicas : least };
}

function share(value: Json | undefined, replicas: number): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? (Number.parseInt(value, 10) * replicas) / 100 : replicas / 4;
}
