import { isJsonObject, type JsonObject, pick } from '../../model/json.ts';
import type { EngineWork } from '../engine.ts';
import { type FluxObject, requestedAt } from './flux-object.ts';

type Asker = Pick<EngineWork, 'deployment' | 'commit'>;

/** The value of a request: whose it is, so that a restart finds it again, and when it was made. */
export function requestToken(work: Asker, now: Date): string {
  return `${prefixOf(work)}${now.toISOString()}`;
}

/** Whether the last request of an object is of this deployment. */
export function isRequestedBy({ request }: Pick<FluxObject, 'request'>, work: Asker): boolean {
  return request?.startsWith(prefixOf(work)) === true;
}

/** Milliseconds since the request of this deployment; null when the last request is someone else's. */
export function requestAge(object: Pick<FluxObject, 'request'>, work: Asker, now: Date): number | null {
  if (!isRequestedBy(object, work)) return null;
  const at = Date.parse(object.request?.slice(prefixOf(work).length) ?? '');
  return Number.isNaN(at) ? null : now.getTime() - at;
}

/** The JSON patch that makes a request. The place of the annotations must be as it was read: guard it with the resourceVersion. */
export function requestPatch({ object }: Pick<FluxObject, 'object'>, token: string): readonly JsonObject[] {
  if (!isJsonObject(pick(object, 'metadata', 'annotations'))) {
    return [{ op: 'add', path: '/metadata/annotations', value: { [requestedAt]: token } }];
  }
  return [{ op: 'add', path: `/metadata/annotations/${requestedAt.replaceAll('/', '~1')}`, value: token }];
}

function prefixOf({ deployment, commit }: Asker): string {
  return `fairlead/${deployment}/${commit.slice(0, 12)}/`;
}
