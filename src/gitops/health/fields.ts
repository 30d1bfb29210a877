import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickText } from '../../model/json.ts';

/** One entry of `status.conditions`. */
export interface Condition {
  readonly status: string;
  readonly reason: string;
  readonly message: string | null;
  /** When it last turned, null when it does not say. */
  readonly since: Date | null;
}

/** The condition of a type, null when there is none. One said of an older generation is not known for this one. */
export function conditionOf(object: JsonObject, type: string): Condition | null {
  const found = objectsAt(object, 'status', 'conditions').find((each) => each['type'] === type);
  if (found === undefined) return null;
  const since = dateAt(found, 'lastTransitionTime');
  const observed = found['observedGeneration'];
  if (typeof observed === 'number' && observed < numberAt(object, 'metadata', 'generation'))
    return {
      status: 'Unknown',
      reason: 'NotObserved',
      message: 'Its controller speaks of an older generation.',
      since,
    };
  const status = pickText(found, 'status') ?? 'Unknown';
  const reason = pickText(found, 'reason') || `${type}${status}`;
  return { status, reason, message: pickText(found, 'message') || null, since };
}

/** The objects of a list, none where there is no list. */
export function objectsAt(value: Json, ...keys: readonly string[]): readonly JsonObject[] {
  const list = pick(value, ...keys);
  return isJsonList(list) ? list.filter(isJsonObject) : [];
}

/** A whole number, 0 where there is none: the API server leaves zeros of a status out. */
export function numberAt(value: Json, ...keys: readonly string[]): number {
  const found = pick(value, ...keys);
  return typeof found === 'number' ? found : 0;
}

/** How many pods the object wants; one where it does not say. */
export function wantedReplicas(object: JsonObject): number {
  return pick(object, 'spec', 'replicas') === undefined ? 1 : numberAt(object, 'spec', 'replicas');
}

/** A time, null where there is none. */
export function dateAt(value: Json, ...keys: readonly string[]): Date | null {
  const text = pickText(value, ...keys);
  const date = text === undefined ? null : new Date(text);
  return date === null || Number.isNaN(date.getTime()) ? null : date;
}

/** Whole seconds since a moment, 0 when it is not known: what has no time is not yet late. */
export function secondsSince(moment: Date | null, now: Date): number {
  return moment === null ? 0 : Math.floor((now.getTime() - moment.getTime()) / 1000);
}

/** API group of an object, '' for the core group. */
export function groupOf(object: JsonObject): string {
  const apiVersion = pickText(object, 'apiVersion') ?? '';
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}
