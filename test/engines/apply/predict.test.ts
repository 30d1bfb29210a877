import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../src/model/json.ts';
import { formatResource, type Resource } from '../../../src/model/resource.ts';
import type { ControlPlane } from '../../control-plane/control-plane.ts';
import { untilHolds } from '../../support/until.ts';
import { commonKinds } from './common-kinds.ts';
import { customKind } from './custom-kind.ts';
import { podTemplate } from './pod-template.ts';
import { openStage, resourceOf, resourcesOf, type Stage, told } from './stage.ts';
import { useStage } from './use-stage.ts';

let plane: ControlPlane;
let stage: Stage;
let namespace: string;

useStage((opened) => {
  ({ plane, stage, namespace } = opened);
});

describe('every common kind', () => {
  test('is a create before, and no change at all after, it was applied', async () => {
    const objects = commonKinds(namespace);

    const before = await stage.predict(resourcesOf(...objects), []);
    await stage.apply(...objects);
    const after = await stage.predict(resourcesOf(...objects));
    const asNew = await stage.predict(resourcesOf(...objects), []);

    expect(before.error).toBeNull();
    expect(before.changes.map(({ part, action, resource }) => `${part} ${action} ${formatResource(resource)}`)).toEqual(
      resourcesOf(...objects).map(({ id }) => `pull create ${formatResource(id)}`),
    );
    expect({ told: told(after), error: after.error }).toEqual({ told: [], error: null });
    expect({ told: told(asNew), error: asNew.error }).toEqual({ told: [], error: null });
  });

  test('is no change when another writer applied the same before', async () => {
    const objects = commonKinds(namespace);
    await plane.kubectl(['create', '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
    });

    const set = await stage.predict(resourcesOf(...objects));

    expect({ told: told(set), error: set.error }).toEqual({ told: [], error: null });
  });

  test('is a delete when head drops it while it is live, and nothing when it is not', async () => {
    const objects = commonKinds(namespace);
    await stage.apply(...objects);

    const live = await stage.predict([], resourcesOf(...objects));
    const gone = await stage.predict([], resourcesOf(...commonKinds(`${namespace}-other`)));

    expect(told(live)).toEqual(
      resourcesOf(...objects).map(({ id }) => `pull delete ${formatResource({ ...id, namespace: null })}`),
    );
    expect(told(gone)).toEqual([]);
  });

  test('keeps its resourceVersion through every prediction', async () => {
    const objects = commonKinds(namespace);
    await stage.apply(...objects);
    const changed = objects.map(
      (object): JsonObject => ({ ...object, metadata: { ...meta(object), labels: { new: 'label' } } }),
    );
    const before = await versions();

    const set = await stage.predict(resourcesOf(...changed), resourcesOf(...objects));
    await stage.predict([], resourcesOf(...objects));
    await stage.predict([...resourcesOf(...changed), resourceOf(configMap({ a: '1' }, 'brand-new'))], []);

    expect(set.changes).toHaveLength(objects.length);
    expect(await versions()).toBe(before);
  });
});

describe('one object', () => {
  test('with a new image is exactly one path', async () => {
    const base = deployment();
    await stage.apply(base);

    const set = await stage.predict(resourcesOf(deployment({ image: 'shop/web:2.0.0' })), resourcesOf(base));

    expect(told(set)).toEqual([
      'pull update Deployment web spec.template.spec.containers[name=web].image: "shop/web:1.0.0" -> "shop/web:2.0.0" (git)',
    ]);
  });

  test('with a sidecar put in first is one path, of the sidecar as the server will make it', async () => {
    const base = deployment();
    await stage.apply(base);
    const sidecar = { name: 'proxy', image: 'proxy:1' };

    const set = await stage.predict(resourcesOf(deployment({ first: sidecar })), resourcesOf(base));

    expect(set.changes.flatMap(({ paths }) => paths)).toEqual([
      {
        path: ['spec', 'template', 'spec', 'containers', { name: 'proxy' }],
        before: null,
        after: expect.objectContaining({ ...sidecar, terminationMessagePath: '/dev/termination-log' }),
        cause: 'git',
      },
    ]);
  });

  test('edited by hand is told apart from what the pull changes', async () => {
    const base = deployment();
    await stage.apply(base);
    await plane.kubectl(['-n', namespace, 'scale', 'deployment/web', '--replicas=7']);

    const untouched = await stage.predict(resourcesOf(base));
    const touched = await stage.predict(resourcesOf(deployment({ image: 'shop/web:2.0.0' })), resourcesOf(base));

    expect(told(untouched)).toEqual(['already update Deployment web spec.replicas: 7 -> 2 (takeover)']);
    expect(told(touched)).toEqual([
      'already update Deployment web spec.replicas: 7 -> 2 (takeover)',
      'pull update Deployment web spec.template.spec.containers[name=web].image: "shop/web:1.0.0" -> "shop/web:2.0.0" (git)',
    ]);
  });

  test('edited by hand to what the pull wants is no change of the pull', async () => {
    const base = deployment();
    await stage.apply(base);
    await plane.kubectl(['-n', namespace, 'set', 'image', 'deployment/web', 'web=shop/web:2.0.0']);

    const set = await stage.predict(resourcesOf(deployment({ image: 'shop/web:2.0.0' })), resourcesOf(base));

    expect(told(set)).toEqual([
      'already update Deployment web spec.template.spec.containers[name=web].image: "shop/web:2.0.0" -> "shop/web:1.0.0" (takeover)',
    ]);
  });

  test('deleted by hand is created without the pull, and by the pull only when the pull changes it', async () => {
    const base = configMap({ a: '1' });

    expect(told(await stage.predict(resourcesOf(base)))).toEqual(['already create ConfigMap settings']);
    expect(told(await stage.predict(resourcesOf(configMap({ a: '2' })), resourcesOf(base)))).toEqual([
      'already create ConfigMap settings',
      'pull create ConfigMap settings',
    ]);
  });

  test('loses a key that Git drops, and keeps one that somebody else added', async () => {
    await stage.apply(configMap({ a: '1', b: '2' }));
    await plane.kubectl(['-n', namespace, 'patch', 'configmap', 'settings', '-p', '{"data":{"other":"x"}}']);

    const set = await stage.predict(resourcesOf(configMap({ a: '1' })), resourcesOf(configMap({ a: '1', b: '2' })));

    expect(told(set)).toEqual(['pull update ConfigMap settings data.b: "2" -> null (git)']);
  });

  test('whose change makes the server fill in more has those paths caused by admission, values still to be picked named so', async () => {
    const service = (type: string): JsonObject => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace },
      spec: { type, selector: { app: 'web' }, ports: [{ port: 80 }] },
    });
    await stage.apply(service('ClusterIP'));

    const set = await stage.predict(resourcesOf(service('NodePort')), resourcesOf(service('ClusterIP')));

    expect(told(set)).toEqual([
      'pull update Service web spec.externalTrafficPolicy: null -> "Cluster" (admission)',
      'pull update Service web spec.ports[port=80,protocol=TCP].nodePort: null -> "(assigned by the cluster)" (admission)',
      'pull update Service web spec.type: "ClusterIP" -> "NodePort" (git)',
    ]);
  });

  test('whose containers only change places is a change, because the server carries it out', async () => {
    const proxy = { name: 'proxy', image: 'proxy:1' };
    await stage.apply(deployment({ first: proxy }));

    const set = await stage.predict(
      resourcesOf(deployment({ last: proxy })),
      resourcesOf(deployment({ first: proxy })),
    );

    expect(told(set)).toEqual([
      'pull update Deployment web spec.template.spec.containers: [{"name":"proxy"},{"name":"web"}] -> [{"name":"web"},{"name":"proxy"}] (git)',
    ]);
  });

  test('is compared with the live object alone, and the target is in error, when the base could not be rendered', async () => {
    await stage.apply(configMap({ a: '1' }));
    await plane.kubectl(['-n', namespace, 'patch', 'configmap', 'settings', '-p', '{"data":{"a":"by hand"}}']);

    const set = await stage.predict(resourcesOf(configMap({ a: '2' })), null);

    expect(told(set)).toEqual(['pull update ConfigMap settings data.a: "by hand" -> "2" (takeover)']);
    expect(set.error).toMatch(/base could not be rendered/);
  });

  test('leaves out what every render makes anew', async () => {
    const withRandom = (token: string, other: string): Resource => ({
      ...resourceOf({ ...configMap({ token, other }), kind: 'Secret', data: {}, stringData: { token, other } }),
      random: ['/stringData/token'],
    });
    await stage.apply(withRandom('first', 'same').object);

    const same = await stage.predict([withRandom('second', 'same')], [withRandom('third', 'same')]);
    const changed = await stage.predict([withRandom('second', 'new value')], [withRandom('third', 'same')]);

    expect(told(same)).toEqual([]);
    expect(told(changed)).toEqual(['pull update Secret settings data.other: "(hidden)" -> "(hidden, changed)" (git)']);
  });
});

describe('a secret', () => {
  const secret = (values: Readonly<Record<string, string>>): JsonObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'login', namespace },
    stringData: values,
  });

  test('that changes shows which keys do and nothing of their values', async () => {
    const base = secret({ password: 'old-password-1', user: 'the-user-name', gone: 'gone-value-1' });
    await stage.apply(base);

    const set = await stage.predict(
      resourcesOf(secret({ password: 'new-password-2', user: 'the-user-name', fresh: 'fresh-value-1' })),
      resourcesOf(base),
    );

    expect(told(set)).toEqual([
      'pull update Secret login data.fresh: null -> "(hidden)" (git)',
      'pull update Secret login data.gone: "(hidden)" -> null (git)',
      'pull update Secret login data.password: "(hidden)" -> "(hidden, changed)" (git)',
    ]);
    expect(everything(set)).not.toMatch(/password-[12]|the-user-name|value-1/);
    expect(JSON.stringify(set.changes)).not.toMatch(/hmac/);
  });

  test('that the server refuses is quoted by nobody', async () => {
    const broken: JsonObject = { ...secret({}), stringData: {}, data: { token: 'not-base64-at-all!' } };

    const set = await stage.predict(resourcesOf(broken), []);

    expect(everything(set)).not.toMatch(/not-base64-at-all/);
    expect(set.findings.map(({ severity }) => severity)).toEqual(['block']);
  });
});

function meta(object: JsonObject): JsonObject {
  return object['metadata'] as JsonObject; // every object of this file has one
}

function configMap(data: JsonObject, name = 'settings'): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
}

function deployment(change: { image?: string; first?: JsonObject; last?: JsonObject } = {}): JsonObject {
  const template = podTemplate('web') as { spec: { containers: JsonObject[] } }; // built there as this
  const [web] = template.spec.containers;
  const { image = 'shop/web:1.0.0', first, last } = change;
  const containers = [first, { ...web, image }, last].filter((container) => container !== undefined);
  const spec = { ...template.spec, containers } as JsonObject; // JSON all the way down
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace },
    spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: { ...template, spec } as JsonObject },
  };
}

function everything(set: { changes: unknown; findings: unknown; live: ReadonlyMap<string, unknown> }): string {
  return JSON.stringify([set.changes, set.findings, [...set.live]]);
}

/** The resourceVersion of every object of the namespace and of the cluster-scoped ones named after it. */
async function versions(): Promise<string> {
  const kinds =
    'deploy,sts,ds,job,cj,svc,ing,netpol,hpa,pdb,sa,role,rolebinding,cm,secret,pvc,quota,limits,lease,endpointslice';
  const columns = '-o=custom-columns=K:.kind,N:.metadata.name,V:.metadata.resourceVersion';
  const inside = await plane.kubectl(['-n', namespace, 'get', kinds, columns]);
  const outside = await plane.kubectl(['get', 'clusterrole,clusterrolebinding,sc,pv,priorityclass', columns]);
  return (
    inside +
    outside
      .split('\n')
      .filter((line) => line.includes(namespace))
      .join('\n')
  );
}

test('a custom resource keeps its exact numbers, and its lists are told apart as its definition says', async () => {
  const { definition, object } = customKind(namespace);
  const changed = JSON.parse(JSON.stringify(object, (_, value) => (typeof value === 'bigint' ? 1 : value)));

  const awaited = await stage.predict(resourcesOf(definition, object), []);
  await stage.apply(definition);
  await plane.kubectl(['wait', '--for=condition=Established', `crd/${meta(definition)['name']}`]);
  await untilHolds('the schema', async () =>
    (await plane.request('GET', `/openapi/v3/apis/${namespace}.example.com/v1`)).text.includes('routes'),
  );
  const later = await openStage(plane.kubeconfig, plane.context);
  await later.apply(object);
  const same = await later.predict(resourcesOf(definition, object));
  changed.spec = {
    ...changed.spec,
    size: 9007199254740992n,
    routes: [{ name: 'b', weight: 2 }],
    named: [{ name: 'y', weight: 3 }, { name: 'x' }],
    memory: '1Gi',
  };
  const different = await later.predict(resourcesOf(definition, changed), resourcesOf(definition, object));
  await later.cluster.close();

  expect(awaited.changes.map(({ action, resource }) => `${action} ${resource.kind}`)).toEqual([
    'create CustomResourceDefinition',
    'create Gadget',
  ]);
  expect(awaited.findings.map(({ rule, severity }) => `${severity} ${rule}`)).toEqual(['note predicted-offline']);
  expect({ told: told(same), error: same.error }).toEqual({ told: [], error: null });
  expect(told(different)).toEqual([
    'pull update Gadget gadget spec.memory: "1024Mi" -> "1Gi" (git)',
    'pull update Gadget gadget spec.named: [{"name":"x"},{"name":"y"}] -> [{"name":"y"},{"name":"x"}] (git)',
    'pull update Gadget gadget spec.routes[0]: {"name":"a","weight":1} -> null (git)',
    'pull update Gadget gadget spec.size: "9007199254740993" -> "9007199254740992" (git)',
  ]);
});
