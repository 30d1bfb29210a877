import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { reachLive } from '../../../src/features/review/reach.ts';
import { createValidator } from '../../../src/gitops/validate/validate-resources.ts';
import type { Action, Change } from '../../../src/model/change.ts';
import { type JsonObject, pickText } from '../../../src/model/json.ts';
import { identify, type Resource, type ResourceId, resourceKey } from '../../../src/model/resource.ts';
import { type ReadCluster, readCluster } from '../../../src/world/cluster/place.ts';
import type { ControlPlane } from '../../control-plane/control-plane.ts';
import { resourceOf, type Stage } from '../../engines/apply/stage.ts';
import { useStage } from '../../engines/apply/use-stage.ts';
import { celPath } from '../../support/policy-proof.ts';
import { until } from '../../support/until.ts';

const signal = AbortSignal.timeout(300_000);
const validator = createValidator({ size: 1, deadlineMs: 30_000, policyModule: celPath });
let plane: ControlPlane;
let stage: Stage;
let read: ReadCluster;
let namespace: string;

useStage((opened) => {
  ({ plane, stage, namespace } = opened);
});

beforeEach(async () => {
  read = await readCluster(stage.cluster, 'default', signal);
});

afterAll(() => validator.close());

const idOf = (object: JsonObject): ResourceId => {
  const id = identify(object);
  if (id === null) throw new Error('an object of the test has no name');
  return id;
};

async function uidOf(object: JsonObject): Promise<string> {
  return pickText((await stage.cluster.get(idOf(object), signal)) ?? {}, 'metadata', 'uid') ?? '';
}

/** What is said when an object of the cluster is deleted, or head brings objects. */
async function reach(action: Action, objects: readonly JsonObject[], base: readonly Resource[] = []) {
  const ids = objects.map(idOf);
  const found = await Promise.all(
    ids.map(async (id) => [resourceKey(id), await stage.cluster.get(id, signal)] as const),
  );
  const live = new Map(found.flatMap(([key, object]) => (object === null ? [] : [[key, object] as const])));
  const changes = ids.map((resource): Change => ({ target: 'web', part: 'pull', resource, action, paths: [] }));
  const head = action === 'delete' ? [] : objects.map((object) => resourceOf(object));
  const question = {
    target: 'web',
    base: action === 'delete' ? objects.map((one) => resourceOf(one)) : base,
    changes,
    live,
  };
  const reached = await reachLive(question, { head, read, tools: { admit: validator.admit } }, signal);
  return {
    takes: reached.changes.map(({ takes }) => takes ?? []),
    findings: reached.findings.map(({ rule, severity, message }) => `${severity} ${rule}: ${message}`),
  };
}

const configMap = (name: string, data: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
});

function pod(name: string, { labels = {}, owner, cpu, claim }: PodOptions = {}): JsonObject {
  const resources = cpu === undefined ? {} : { resources: { requests: { cpu } } };
  const volumes =
    claim === undefined ? {} : { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: claim } }] };
  const owned = owner === undefined ? {} : { ownerReferences: [owner] };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels, ...owned },
    spec: {
      automountServiceAccountToken: false,
      containers: [{ name: 'web', image: 'shop/web:1', ...resources }],
      ...volumes,
    },
  };
}

interface PodOptions {
  readonly labels?: JsonObject;
  readonly owner?: JsonObject;
  readonly cpu?: string;
  readonly claim?: string;
}

describe('what goes with an object', () => {
  test('of a namespace, all that people put there', async () => {
    const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace } };
    const storage = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
    await stage.apply(configMap('a'), configMap('b'), { ...claim, spec: storage });
    const { takes } = await reach('delete', [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);

    expect(takes).toEqual([['1 PersistentVolumeClaim', '2 ConfigMaps']]);
  });

  test('of a definition, its instances wherever they are', async () => {
    const other = await plane.namespace();
    const group = `${namespace}.example.com`;
    const schema = { openAPIV3Schema: { type: 'object' } };
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `gears.${group}` },
      spec: {
        ...{ group, scope: 'Namespaced', names: { plural: 'gears', singular: 'gear', kind: 'Gear' } },
        versions: [{ name: 'v1', served: true, storage: true, schema }],
      },
    };
    await stage.apply(definition);
    const gear = (name: string, where: string) => ({
      ...{ apiVersion: `${group}/v1`, kind: 'Gear', metadata: { name, namespace: where } },
    });
    await until('the kind being served', async () => {
      try {
        await stage.apply(gear('a', namespace), gear('b', namespace), gear('c', other));
        return true;
      } catch {
        return undefined; // not served yet
      }
    });
    read = await readCluster(stage.cluster, 'default', signal);

    expect((await reach('delete', [definition])).takes).toEqual([['3 Gears in 2 namespaces']]);
  });

  test('of a claim, its volume with its reclaim policy, and who uses it', async () => {
    const capacity = { storage: '1Gi' };
    const volume = (name: string, policy: string) => ({
      ...{ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name } },
      spec: {
        ...{ capacity, accessModes: ['ReadWriteOnce'], persistentVolumeReclaimPolicy: policy },
        ...{ storageClassName: '', hostPath: { path: '/tmp/none' } },
      },
    });
    const claim = (name: string, volumeName: string) => ({
      ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name, namespace } },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: capacity }, storageClassName: '', volumeName },
    });
    const [gone, kept] = [`${namespace}-gone`, `${namespace}-kept`];
    await stage.apply(volume(gone, 'Delete'), volume(kept, 'Retain'), claim('gone', gone), claim('kept', kept));
    await stage.apply(pod('web-0', { claim: 'gone' }));

    expect((await reach('delete', [claim('gone', gone), claim('kept', kept)])).takes).toEqual([
      [`PersistentVolume ${gone} (reclaim policy Delete)`, 'it is used by Pod web-0'],
      [`PersistentVolume ${kept} (stays, released: reclaim policy Retain)`],
    ]);
  });

  test('of a workload, what it owns, however deep, and not what others own', async () => {
    const selector = { matchLabels: { app: 'web' } };
    const template = {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'shop/web:1' }] },
    };
    const deployment = (name: string) => ({
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace }, spec: { selector, template } },
    });
    await stage.apply(deployment('web'), deployment('other'));
    const owner = async (object: JsonObject) => ({
      apiVersion: object['apiVersion'] ?? null,
      kind: object['kind'] ?? null,
      name: pickText(object, 'metadata', 'name') ?? '',
      uid: await uidOf(object),
    });
    const set = async (name: string, of: string) => ({
      ...{ apiVersion: 'apps/v1', kind: 'ReplicaSet', spec: { selector, template, replicas: 0 } },
      metadata: { name, namespace, ownerReferences: [await owner(deployment(of))] },
    });
    const [mine, theirs] = [await set('web-1', 'web'), await set('other-1', 'other')];
    await stage.apply(mine, theirs);
    await stage.apply(pod('p1', { owner: await owner(mine) }), pod('p2', { owner: await owner(mine) }));
    await stage.apply(pod('p3', { owner: await owner(theirs) }), pod('p4'));

    expect((await reach('delete', [deployment('web')])).takes).toEqual([['1 ReplicaSet', '2 Pods']]);
  });

  test('of a ConfigMap nothing, and of an object that is not there nothing', async () => {
    await stage.apply(configMap('a'));

    expect((await reach('delete', [configMap('a'), configMap('b')])).takes).toEqual([[], []]);
  });
});

describe('what a quota does to what is there', () => {
  const quota = (hard: JsonObject): JsonObject => ({
    ...{ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'limits', namespace }, spec: { hard } },
  });

  test('more is used than it allows, and Pods do not say what it counts', async () => {
    await stage.apply(pod('a', { cpu: '1500m' }), pod('b', { cpu: '1' }), pod('c'), configMap('one'), configMap('two'));

    const hard = { 'requests.cpu': '2', pods: '3', 'count/configmaps': '1', services: 0 };
    expect((await reach('create', [quota(hard)])).findings).toEqual([
      `caution quota-exceeded: ResourceQuota ${namespace}/limits: requests.cpu: 2500m is used already and 2 allowed, so nothing new is admitted.`,
      `caution quota-exceeded: ResourceQuota ${namespace}/limits: 1 of the Pods there say no requests.cpu and are refused when they are made anew: c.`,
      `caution quota-exceeded: ResourceQuota ${namespace}/limits: count/configmaps: 2 is used already and 1 allowed, so nothing new is admitted.`,
    ]);
  });

  test('what is enough, and what does not change, is not spoken of', async () => {
    await stage.apply(pod('a', { cpu: '1500m' }));

    expect((await reach('create', [quota({ cpu: '1.5', pods: '1' })])).findings).toEqual([]);
    const base = [resourceOf(quota({ pods: '0' }))];
    expect((await reach('update', [quota({ pods: '0' })], base)).findings).toEqual([]);
  });
});

describe('what a network policy does to Pods that run', () => {
  const policy = (name: string, spec: JsonObject): JsonObject => ({
    ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec },
  });

  test('those that no policy selects yet are named, for each direction', async () => {
    await stage.apply(pod('a', { labels: { app: 'web' } }), pod('b', { labels: { app: 'web' } }), pod('c'));
    await stage.apply(
      policy('old', { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Egress'], egress: [{}] }),
    );
    const from = [{ podSelector: {} }];
    const closed = policy('new', { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{ from }] });

    expect((await reach('create', [closed])).findings).toEqual([
      `caution netpol-isolates: NetworkPolicy ${namespace}/new: 3 Pods (a, b, c) may be reached by everybody now, and by only what it names with it.`,
      `caution netpol-isolates: NetworkPolicy ${namespace}/new: 1 Pod (c) may reach everybody now, and nobody with it.`,
    ]);
  });

  test('one that selects only what is isolated, or nothing, is not spoken of', async () => {
    await stage.apply(pod('a', { labels: { app: 'web' } }));
    const mine = { podSelector: { matchLabels: { app: 'web' } } };
    await stage.apply(policy('old', mine));

    expect((await reach('create', [policy('new', mine)])).findings).toEqual([]);
    const nothing = { podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['api'] }] } };
    expect((await reach('create', [policy('none', nothing)])).findings).toEqual([]);
  });
});

describe('what an admission policy does to what is there', () => {
  const group = 'admissionregistration.k8s.io/v1';
  const rules = (name: string): readonly JsonObject[] => {
    const resourceRules = [
      { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['configmaps'] },
    ];
    const validations = [{ expression: "'owner' in object.data", message: 'a ConfigMap names its owner' }];
    const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
    return [
      {
        ...{ apiVersion: group, kind: 'ValidatingAdmissionPolicy', metadata: { name } },
        spec: { matchConstraints: { resourceRules, namespaceSelector }, validations },
      },
      {
        ...{ apiVersion: group, kind: 'ValidatingAdmissionPolicyBinding', metadata: { name } },
        spec: { policyName: name, validationActions: ['Deny'] },
      },
    ];
  };

  test('what it would refuse is named once, with its reason', async () => {
    await stage.apply(configMap('a', { owner: 'shop' }), configMap('b', { colour: 'red' }));
    const { findings } = await reach('create', rules(`${namespace}-owners`));

    expect(findings).toEqual([expect.stringMatching(/^caution policy-denies-live: ValidatingAdmissionPolicy /)]);
    expect(findings[0]).toContain(`ConfigMap ${namespace}/b (a ConfigMap names its owner)`);
    expect(findings[0]).not.toContain(`${namespace}/a`);
  });

  test('without a binding nothing is refused', async () => {
    await stage.apply(configMap('b', { colour: 'red' }));

    expect((await reach('create', rules(`${namespace}-owners`).slice(0, 1))).findings).toEqual([]);
  });
});
