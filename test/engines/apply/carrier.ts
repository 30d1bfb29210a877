import { randomBytes } from 'node:crypto';
import { createApplyEngine } from '../../../src/engines/apply/apply-engine.ts';
import type { HealthRequest } from '../../../src/engines/apply/run.ts';
import type { Engine, EngineStep, EngineWork } from '../../../src/engines/engine.ts';
import { createSchemas } from '../../../src/formats/openapi/schemas.ts';
import { createRedactor, type Redactor } from '../../../src/formats/redaction/redactor.ts';
import { cleanDesired } from '../../../src/gitops/diff/clean-desired.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { type Resource, type ResourceId, resourceKey } from '../../../src/model/resource.ts';
import type { Takeover } from '../../../src/model/takeover.ts';
import { targetId } from '../../../src/model/target.ts';
import type { Cluster } from '../../../src/world/cluster/cluster.ts';
import { openCluster } from '../../../src/world/cluster/kubernetes/open-cluster.ts';
import type { InventoryEntry } from '../../../src/world/store/store.ts';
import { type Recording, record } from './recording.ts';
import { manager, resourceOf, resourcesOf } from './stage.ts';

export const signal: AbortSignal = AbortSignal.timeout(600_000);

/** The engine on a cluster, with a clock and a memory of its own. */
export interface Carrier {
  readonly engine: Engine;
  readonly recording: Recording;
  readonly inventories: Map<string, readonly InventoryEntry[]>;
  /** What health was asked about. */
  /** What the engine told of its writes: action, deployment, keys. */
  readonly audited: string[][];
  readonly asked: HealthRequest[];
  /** Lets time pass for the engine. */
  pass(milliseconds: number): void;
}

export interface CarrierOptions {
  readonly cluster: Cluster;
  readonly redactor?: Redactor;
  readonly inventoryNamespace: string;
  /** May refuse a call of the engine by throwing. */
  readonly before?: (line: string) => void;
  readonly inventories?: Map<string, readonly InventoryEntry[]>;
}

const key = Buffer.alloc(32, 7);

/** A cluster of a kubeconfig, opened as the engine wants it. */
export async function openTestCluster(
  kubeconfig: string | { readonly text: string },
  context: string,
): Promise<Cluster> {
  const source = typeof kubeconfig === 'string' ? { paths: [kubeconfig] } : kubeconfig;
  return openCluster({ kubeconfig: source, context, redactor: createRedactor({ key }) });
}

export function createCarrier(options: CarrierOptions): Carrier {
  const { cluster, inventoryNamespace, inventories = new Map() } = options;
  const recording = record(cluster, options.before);
  const audited: string[][] = [];
  const asked: HealthRequest[] = [];
  let now = Date.parse('2026-01-01T00:00:00Z');
  const schemas = createSchemas(async (groupVersion, until) =>
    (await cluster.openapi(until)).document(groupVersion, until),
  );
  const engine = createApplyEngine({
    cluster: recording.cluster,
    schemas,
    redactor: createRedactor({ key }),
    manager,
    concurrency: 16,
    inventory: {
      read: async ({ target }) => inventories.get(target.id) ?? [],
      write: async ({ target }, entries) => void inventories.set(target.id, entries),
    },
    audit: async ({ deployment }, action, resources) => void audited.push([action, deployment, ...resources]),
    inventoryNamespace,
    health: async (request) => {
      asked.push(request);
      return { state: 'healthy', objects: [], evidence: [], pods: null };
    },
    now: () => new Date(now),
  });
  return {
    engine,
    recording,
    inventories,
    audited,
    asked,
    pass: (milliseconds) => {
      now += milliseconds;
    },
  };
}

/** A commit that holds these objects. */
export function workOf(
  objects: readonly JsonObject[],
  changes: Partial<EngineWork> & { readonly app?: string } = {},
): EngineWork {
  const { app = 'shop', ...rest } = changes;
  const parts = { application: app, environment: 'test', cluster: 'test' };
  return {
    deployment: 'D-1',
    repo: { forge: 'github', id: 42, fullName: 'acme/shop', installation: null },
    urls: ['https://forge.example/acme/shop'],
    target: { ...parts, id: targetId(parts), digest: null, error: null },
    root: app,
    branch: 'main',
    commit: randomBytes(20).toString('hex'),
    desired: resourcesOf(...objects),
    deletes: [],
    confirmed: false,
    takeovers: [],
    ...rest,
  };
}

export function idsOf(...objects: readonly JsonObject[]): readonly ResourceId[] {
  return objects.map((object) => resourceOf(object).id);
}

export function keysOf(...objects: readonly JsonObject[]): readonly string[] {
  return idsOf(...objects).map(resourceKey);
}

/** That these fields of an object were shown as taken over, each `.field` from its owner. */
export function takenFrom(object: JsonObject, owners: Readonly<Record<string, string>>): Takeover {
  const fields = Object.entries(owners).map(([field, owner]) => ({ field, owner }));
  return { key: keysOf(object).join(), fields };
}

/** All steps of a commit up to the one that is no `again`; the journal goes through JSON each time, as a store would keep it. */
export async function carryOut(
  carrier: Pick<Carrier, 'engine' | 'pass'>,
  work: EngineWork,
  journal: Json = null,
): Promise<readonly EngineStep[]> {
  const steps: EngineStep[] = [];
  let kept = journal;
  for (let count = 0; count < 400; count += 1) {
    const step = await carrier.engine.step(work, kept, signal);
    steps.push(step);
    if (step.kind !== 'again') return steps;
    kept = JSON.parse(JSON.stringify(step.journal));
    carrier.pass(step.afterMs);
    if (step.afterMs > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`it never ended: ${JSON.stringify(steps.at(-1))}`);
}

/** The last step of a commit. */
export async function outcomeOf(carrier: Pick<Carrier, 'engine' | 'pass'>, work: EngineWork): Promise<EngineStep> {
  const step = (await carryOut(carrier, work)).at(-1);
  if (step === undefined) throw new Error('no step was taken');
  return step;
}

/** Writes an object as somebody else. */
export async function writeAs(cluster: Cluster, other: string, object: JsonObject): Promise<JsonObject> {
  const options = { manager: other, force: true, dryRun: false, validation: 'Strict', as: null } as const;
  return (await cluster.write(cleanDesired(object), options, signal)).object;
}

export function map(
  namespace: string,
  name: string,
  data: JsonObject = { a: '1' },
  metadata: JsonObject = {},
): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, ...metadata }, data };
}

export function resourceWith(object: JsonObject, changes: Partial<Resource>): Resource {
  return { ...resourceOf(object), ...changes };
}
