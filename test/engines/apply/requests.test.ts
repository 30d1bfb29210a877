import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createApplyPredictor } from '../../../src/engines/apply/apply-engine.ts';
import type { ChangeSet, Desired } from '../../../src/engines/engine.ts';
import { createSchemas } from '../../../src/formats/openapi/schemas.ts';
import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import { type BorderCode, BorderError } from '../../../src/model/error.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { Cluster } from '../../../src/world/cluster/cluster.ts';
import { type ControlPlane, useControlPlane } from '../../control-plane/control-plane.ts';
import { manager, openStage, resourcesOf, type Stage, told } from './stage.ts';

let plane: ControlPlane;
let stage: Stage;

beforeAll(async () => {
  plane = await useControlPlane();
  stage = await openStage(plane.kubeconfig, plane.context);
}, 120_000);

afterAll(() => stage?.cluster.close());

describe('what the server is asked', () => {
  test('is one list and no dry-run when many objects are as they were applied', async () => {
    const { objects } = await appliedMaps(25);

    const { set, asked } = await watched(stage.cluster, {
      base: resourcesOf(...objects),
      head: resourcesOf(...objects),
    });

    expect(told(set)).toEqual([]);
    expect(asked).toEqual({ list: 1 });
  });

  test('is one dry-run for an object that changes, none for its applied base, and a read for a few objects', async () => {
    const { objects, change } = await appliedMaps(3);

    const { set, asked } = await watched(stage.cluster, {
      base: resourcesOf(...objects),
      head: resourcesOf(...objects.map((object, index) => (index === 1 ? change(object) : object))),
    });

    expect(told(set)).toEqual(['pull update ConfigMap map-1 data.a: "1" -> "2" (git)']);
    expect(asked).toEqual({ get: 3, write: 1 });
  });

  test('is a dry-run of base as well when the live object drifted from it', async () => {
    const { objects, namespace, change } = await appliedMaps(1);
    await plane.kubectl(['-n', namespace, 'patch', 'configmap', 'map-0', '-p', '{"data":{"a":"by hand"}}']);

    const { set, asked } = await watched(stage.cluster, {
      base: resourcesOf(...objects),
      head: resourcesOf(...objects.map(change)),
    });

    expect(told(set)).toEqual([
      'already update ConfigMap map-0 data.a: "by hand" -> "1" (takeover)',
      'pull update ConfigMap map-0 data.a: "by hand" -> "2" (takeover)',
    ]);
    expect(asked).toEqual({ get: 1, write: 2 });
  });

  test('never is a list of Secrets, and one object after the other where lists are refused', async () => {
    const { objects } = await appliedMaps(25);
    const secrets = objects.map((object): JsonObject => ({ ...object, kind: 'Secret', data: {} }));
    const refusing = bound(stage.cluster, { list: () => Promise.reject(refusal('forbidden', 'no lists here')) });

    const ofSecrets = await watched(stage.cluster, { base: [], head: resourcesOf(...secrets) });
    const refused = await watched(refusing, { base: resourcesOf(...objects), head: resourcesOf(...objects) });

    expect(ofSecrets.asked).toEqual({ get: 25, write: 25 });
    expect({ asked: refused.asked, error: refused.set.error }).toEqual({ asked: { list: 1, get: 25 }, error: null });
  });
});

describe('a server that cannot predict', () => {
  test.each<[string, BorderCode, string, readonly string[], string | null]>([
    [
      'because a webhook does not support dry-run is a caution and Git is compared',
      'invalid',
      'Cluster c refused to dry-run configmaps: admission webhook "w.example.com" does not support dry run.',
      ['caution predicted-without-admission'],
      null,
    ],
    [
      'because a policy denies is a block',
      'invalid',
      'Cluster c refused to dry-run configmaps: ValidatingAdmissionPolicy "p" denied request: no.',
      ['block server-invalid'],
      null,
    ],
    [
      'because of a conflict leaves the target in error',
      'conflict',
      'Cluster c refused: the object was modified.',
      [],
      'the object was modified',
    ],
    [
      'in time leaves the target in error',
      'unavailable',
      'Cluster c did not answer within 10 s.',
      [],
      'did not answer within 10 s',
    ],
  ])('%s, and the change still shows', async (_, kind, message, findings, error) => {
    const { objects, change } = await appliedMaps(2);
    const failing = bound(stage.cluster, {
      write: (object, options, signal) =>
        JSON.stringify(object).includes('map-0')
          ? Promise.reject(refusal(kind, message))
          : stage.cluster.write(object, options, signal),
    });

    const { set } = await watched(failing, {
      base: resourcesOf(...objects),
      head: resourcesOf(...objects.map(change)),
    });

    expect(set.findings.map(({ severity, rule }) => `${severity} ${rule}`)).toEqual(findings);
    expect(set.error).toEqual(error === null ? null : expect.stringContaining(error));
    expect(told(set)).toEqual([
      'pull update ConfigMap map-0 data.a: "1" -> "2" (git)',
      'pull update ConfigMap map-1 data.a: "1" -> "2" (git)',
    ]);
  });

  test('anything at all is an error of its own', async () => {
    const { objects, change } = await appliedMaps(2);
    const silent = bound(stage.cluster, { get: () => Promise.reject(refusal('unavailable', 'nobody there')) });

    await expect(watched(silent, { base: [], head: resourcesOf(...objects.map(change)) })).rejects.toThrow(
      'nobody there',
    );
  });
});

interface Maps {
  readonly namespace: string;
  readonly objects: readonly JsonObject[];
  change(object: JsonObject): JsonObject;
}

/** So many applied ConfigMaps in a namespace of their own. */
async function appliedMaps(count: number): Promise<Maps> {
  const namespace = await plane.namespace();
  const objects = Array.from({ length: count }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `map-${index}`, namespace },
    data: { a: '1' },
  }));
  await stage.apply(...objects);
  return { namespace, objects, change: (object) => ({ ...object, data: { a: '2' } }) };
}

/** Predicts on a cluster and counts what it is asked about objects. */
async function watched(
  cluster: Cluster,
  desired: Desired,
): Promise<{ readonly set: ChangeSet; readonly asked: Readonly<Record<string, number>> }> {
  const asked: Record<string, number> = {};
  const count = (call: string): void => {
    asked[call] = (asked[call] ?? 0) + 1;
  };
  const counted = bound(cluster, {
    get: (...call) => {
      count('get');
      return cluster.get(...call);
    },
    list: (...call) => {
      count('list');
      return cluster.list(...call);
    },
    write: (...call) => {
      count('write');
      return cluster.write(...call);
    },
  });
  const schemas = createSchemas(async (groupVersion, signal) =>
    (await cluster.openapi(signal)).document(groupVersion, signal),
  );
  const redactor = createRedactor({ key: Buffer.alloc(32, 7) });
  const engine = createApplyPredictor({ cluster: counted, schemas, redactor, manager, concurrency: 32 });
  const target = { id: 't', application: 't', environment: null, cluster: 'real', digest: null, error: null };
  return { set: await engine.predict(target, desired, AbortSignal.timeout(60_000)), asked };
}

/** A cluster that does some things otherwise and passes everything else on. */
function bound(cluster: Cluster, otherwise: Partial<Cluster>): Cluster {
  const passed: Pick<Cluster, 'name' | 'discovery' | 'openapi' | 'get' | 'list' | 'write'> = {
    name: cluster.name,
    discovery: (signal) => cluster.discovery(signal),
    openapi: (signal) => cluster.openapi(signal),
    get: (...call) => cluster.get(...call),
    list: (...call) => cluster.list(...call),
    write: (...call) => cluster.write(...call),
  };
  return { ...passed, ...otherwise } as Cluster; // prediction asks for nothing else
}

function refusal(kind: BorderCode, message: string): BorderError {
  return new BorderError({ kind, status: 0, code: 'test', message, subject: 'c', remedy: 'none' });
}
