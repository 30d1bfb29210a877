import { isJsonObject, type Json, type JsonObject, pick } from '../../model/json.ts';
import type { EngineWork } from '../engine.ts';
import { annotations } from './annotations.ts';
import type { ArgoApplication } from './application.ts';
import type { RefreshDepth } from './decide-step.ts';

/** The JSON patch that asks for a comparison with Git. `now` is ISO 8601. */
export function refreshPatch({ object }: ArgoApplication, depth: RefreshDepth, now: string): readonly JsonObject[] {
  return annotate(object, { [annotations.refresh]: depth, [annotations.refreshTimestamp]: now });
}

/** What names a sync. */
export interface SyncRequest {
  readonly work: Pick<EngineWork, 'deployment' | 'commit'>;
  /** Indexes of the sources that are to be at the commit; the others stay at what was compared. */
  readonly sources: readonly number[];
  readonly prune: boolean;
}

/**
 * The JSON patch that starts a sync of exactly one commit. The state of the last one goes in the same write, so that nobody
 * takes its end for that of the new one; the annotation stays when the record of the sync is gone. Options and retries are
 * the Application's own, which the controller applies to automated syncs only.
 */
export function syncPatch(app: ArgoApplication, request: SyncRequest): readonly JsonObject[] {
  const { object } = app;
  const { deployment } = request.work;
  const [retry, syncOptions] = [
    pick(object, 'spec', 'syncPolicy', 'retry'),
    pick(object, 'spec', 'syncPolicy', 'syncOptions'),
  ];
  const operation = {
    initiatedBy: { username: 'fairlead' },
    info: [{ name: annotations.deployment, value: deployment }],
    ...optional('retry', ofSameCommit(retry)),
    sync: {
      ...revisionsOf(app, request),
      prune: request.prune,
      syncStrategy: { hook: {} },
      ...optional('syncOptions', syncOptions),
    },
  };
  const hasState = pick(object, 'status', 'operationState') !== undefined;
  return [
    ...annotate(object, { [annotations.deployment]: deployment }),
    { op: 'add', path: '/operation', value: operation },
    ...(hasState ? [{ op: 'remove', path: '/status/operationState' }] : []),
  ];
}

/** With `refresh` a retry would sync the newest commit of the branch in place of ours. */
function ofSameCommit(retry: Json | undefined): Json | undefined {
  if (!isJsonObject(retry)) return undefined;
  const { refresh: _, ...rest } = retry;
  return rest;
}

function revisionsOf(app: ArgoApplication, { work, sources }: SyncRequest): JsonObject {
  if (!app.hasManySources) return { revision: work.commit };
  const revisions = app.sources.map(({ revision }, index) =>
    sources.includes(index) ? work.commit : (app.revisions[index] ?? revision),
  );
  return { revisions };
}

function annotate(object: JsonObject, wanted: Readonly<Record<string, string>>): readonly JsonObject[] {
  if (!isJsonObject(pick(object, 'metadata', 'annotations'))) {
    return [{ op: 'add', path: '/metadata/annotations', value: wanted }];
  }
  return Object.entries(wanted).map(([name, value]) => ({
    op: 'add',
    path: `/metadata/annotations/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    value,
  }));
}

function optional(key: string, value: Json | undefined): JsonObject {
  return value === undefined || value === null ? {} : { [key]: value };
}
