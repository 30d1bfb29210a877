import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect } from '@jest/globals';
import { isJsonList, type Json, type JsonObject, pick, pickText } from '../../../../src/model/json.ts';
import type { ApiServer } from '../../../../src/pretend/api-server/api-server.ts';
import { type Merge, openMerge } from '../../../../src/pretend/api-server/merge.ts';
import { imagesOf } from '../../../../src/pretend/api-server/workloads/failure.ts';
import type { WorkloadOptions } from '../../../../src/pretend/api-server/workloads/options.ts';
import { applying, deployment, mergeModule, type Received, send, startPretend } from '../support.ts';

/** A server whose controllers run; faults of controllers fail the test that looks at them. */
export interface Stage {
  readonly server: ApiServer;
  readonly faults: readonly Error[];
  /** Lets the controllers' time pass. */
  advance(milliseconds: number): void;
  ask(method: string, path: string, body?: Json): Promise<Received>;
  apply(path: string, body: Json): Promise<Received>;
  objects(kind: string): readonly JsonObject[];
  /** The first answer of `look` that is not undefined. */
  until<T>(what: string, look: () => T | undefined): Promise<T>;
  close(): Promise<void>;
}

let opened: Promise<Merge> | null = null;

/** One merge module for all tests of a file: to load it takes longer than a rollout. */
function merge(): Promise<Merge> {
  opened ??= mergeModule().then((path) => openMerge(path, Date.now));
  return opened;
}

afterAll(async () => {
  await (await opened)?.close();
});

/** Image `shop:3` crashes and `shop:4` cannot be pulled. */
export async function startStage(changes: WorkloadOptions = {}, seed: readonly JsonObject[] = []): Promise<Stage> {
  const faults: Error[] = [];
  let skipped = 0;
  const workloads = { podMs: 20, fails, onFault: (fault: Error) => void faults.push(fault), ...changes };
  const server = await startPretend({ mergeModule: await merge(), workloads, seed, now: () => Date.now() + skipped });
  await server.ready;
  const until = async <T>(what: string, look: () => T | undefined): Promise<T> => {
    const deadline = Date.now() + 30_000;
    for (;;) {
      expect(faults).toEqual([]);
      const found = look();
      if (found !== undefined) return found;
      if (Date.now() > deadline) throw new Error(`${what} did not come: ${JSON.stringify(server.objects(), null, 1)}`);
      await delay(10);
    }
  };
  return {
    server,
    faults,
    advance: (milliseconds) => {
      skipped += milliseconds;
    },
    ask: (method, path, body) => send(server.url, { method, path, ...(body !== undefined && { body }) }),
    apply: (path, body) => send(server.url, applying(path, body, '&force=true')),
    objects: (kind) => server.objects().filter((object) => object['kind'] === kind),
    until,
    close: () => server.close(),
  };
}

export const crashLog = 'starting\nreading config\npanic: no such table orders\n';

function fails(template: JsonObject): ReturnType<NonNullable<WorkloadOptions['fails']>> {
  const images = imagesOf(template);
  if (images.includes('shop:3')) return { reason: 'CrashLoopBackOff', exitCode: 2, logs: crashLog };
  return images.includes('shop:4') ? { reason: 'ImagePullBackOff', logs: '' } : null;
}

export const apps = '/apis/apps/v1/namespaces/default';
export const core = '/api/v1/namespaces/default';

/** The Deployment `web` with one image. */
export function web(image: string, changes: Readonly<Record<string, Json>> = {}): JsonObject {
  const containers = [{ name: 'web', image }];
  return deployment({ template: { metadata: { labels: { app: 'web' } }, spec: { containers } }, ...changes });
}

/** What the pods run and whether they are ready, sorted. */
export function podsSeen(stage: Stage): readonly string[] {
  return stage
    .objects('Pod')
    .map((pod) => `${imagesOf(pod).join()} ${conditionOf(pod, 'Ready')?.['status']}`)
    .toSorted();
}

export function conditionOf(object: JsonObject | undefined, type: string): JsonObject | undefined {
  const conditions = pick(object, 'status', 'conditions');
  const found = isJsonList(conditions) ? conditions.find((each) => pickText(each, 'type') === type) : undefined;
  return found as JsonObject | undefined; // conditions are objects by their schema
}

/** The one object of a kind that satisfies the reason of a condition. */
export function withReason(stage: Stage, kind: string, type: string, reason: string): JsonObject | undefined {
  return stage.objects(kind).find((object) => conditionOf(object, type)?.['reason'] === reason);
}

/** Waits until the Deployment is complete with this image. */
export async function rolledOut(stage: Stage, image: string): Promise<JsonObject> {
  return stage.until(`a rollout of ${image}`, () => {
    const done = withReason(stage, 'Deployment', 'Progressing', 'NewReplicaSetAvailable');
    const wanted = pick(done, 'spec', 'replicas');
    const isObserved = pick(done, 'status', 'observedGeneration') === pick(done, 'metadata', 'generation');
    const isAll = pick(done, 'status', 'updatedReplicas') === wanted && pick(done, 'status', 'replicas') === wanted;
    const runs = podsSeen(stage).every((pod) => pod === `${image} True`);
    return done !== undefined && isObserved && isAll && runs ? done : undefined;
  });
}
