import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../src/model/json.ts';
import { resourcesOf } from '../apply/stage.ts';
import { type ControllerStage, openControllerStage } from '../controller-stage.ts';

let stage: ControllerStage;
let namespace: string;

beforeAll(async () => {
  stage = await openControllerStage('argocd');
}, 120_000);

beforeEach(async () => {
  namespace = await stage.plane.namespace();
});

afterAll(() => stage?.close());

/** Writes as Argo CD does by default: by the client, with its mark. */
async function sync(object: JsonObject): Promise<void> {
  const { annotations, ...metadata } = object['metadata'] as { readonly annotations?: JsonObject };
  const marked = { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:x/web', ...annotations };
  const input = JSON.stringify({ ...object, metadata: { ...metadata, annotations: marked } });
  await stage.plane.kubectl(['apply', '--field-manager=argocd-controller', '-f', '-'], { input });
}

interface Asked {
  readonly base?: readonly JsonObject[];
  readonly head: readonly JsonObject[];
  readonly syncOptions?: readonly string[];
}

function predict({ base, head, syncOptions = [] }: Asked) {
  const declared = { kind: 'argocd-application', syncOptions } as const;
  return stage.predict({ base: resourcesOf(...(base ?? head)), head: resourcesOf(...head), declared });
}

function web(spec: JsonObject = {}, container: JsonObject = {}, labels: JsonObject = {}): JsonObject {
  const containers = [{ name: 'web', image: 'nginx:1', env: [{ name: 'A', value: '1' }], ...container }];
  return {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace, labels } },
    spec: {
      ...{ selector: { matchLabels: { app: 'web' } }, ...spec },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers } },
    },
  };
}

describe('what Argo CD writes by the client', () => {
  test('is no change after it was written, and needs no dry-run', async () => {
    await sync(web());

    const { told: seen, error, asked } = await predict({ head: [web()] });

    expect({ seen, error, asked }).toEqual({ seen: [], error: null, asked: [] });
  });

  test('goes where it goes out of Git', async () => {
    await sync(web({ minReadySeconds: 5 }, {}, { team: 'shop' }));

    const { told: seen } = await predict({
      base: [web({ minReadySeconds: 5 }, {}, { team: 'shop' })],
      head: [web({}, { env: [] })],
    });

    expect(seen).toEqual([
      'pull update Deployment web metadata.labels: {"team":"shop"} -> null (git)',
      'pull update Deployment web spec.minReadySeconds: 5 -> null (git)',
      'pull update Deployment web spec.template.spec.containers[name=web].env: [{"name":"A","value":"1"}] -> null (git)',
    ]);
  });

  test('leaves alone what others wrote and Git does not say', async () => {
    await sync(web());
    await stage.plane.kubectl(['-n', namespace, 'scale', 'deployment/web', '--replicas=5']);
    await stage.plane.kubectl(['-n', namespace, 'label', 'deployment/web', 'by=hand']);

    expect(await predict({ head: [web()] })).toMatchObject({ told: [], error: null });
  });

  test('puts back what others changed of it, which is a difference already', async () => {
    await sync(web({ replicas: 2 }));
    await stage.plane.kubectl(['-n', namespace, 'scale', 'deployment/web', '--replicas=5']);

    const { told: seen } = await predict({
      base: [web({ replicas: 2 })],
      head: [web({ replicas: 2 }, { image: 'nginx:2' })],
    });

    expect(seen).toEqual([
      'already update Deployment web spec.replicas: 5 -> 2 (takeover)',
      'pull update Deployment web spec.template.spec.containers[name=web].image: "nginx:1" -> "nginx:2" (git)',
    ]);
  });

  test('takes over what somebody else has and Git says now', async () => {
    await sync(web());
    await stage.plane.kubectl(['-n', namespace, 'scale', 'deployment/web', '--replicas=5']);

    const { told: seen } = await predict({ base: [web()], head: [web({ replicas: 3 })] });

    expect(seen).toEqual(['pull update Deployment web spec.replicas: 5 -> 3 (takeover)']);
  });

  test('is created where it is not there', async () => {
    const { told: seen, error } = await predict({ base: [], head: [web()] });

    expect({ seen, error }).toEqual({ seen: ['pull create Deployment web'], error: null });
  });

  test('is refused where the server refuses it', async () => {
    await sync(web());

    const wrong = await predict({ base: [web()], head: [web({ replicas: -1 })] });
    const unknown = await predict({ base: [web()], head: [web({ replicsa: 1 })] });

    expect(wrong.findings).toMatchObject([{ rule: 'server-invalid', severity: 'block' }]);
    expect(unknown.findings).toMatchObject([{ rule: 'server-strict', severity: 'block' }]);
    expect(unknown.findings[0]?.message).toContain('spec.replicsa');
  });

  test('a label by which older installations track stays', async () => {
    await sync(web({}, {}, {}));
    const marked = web({}, {}, { 'app.kubernetes.io/instance': 'shop' });
    await stage.plane.kubectl(['apply', '--field-manager=argocd-controller', '-f', '-'], {
      input: JSON.stringify(marked),
    });

    const { told: seen } = await predict({ base: [web()], head: [web({}, { image: 'nginx:2' })] });

    expect(seen).toEqual([
      'pull update Deployment web spec.template.spec.containers[name=web].image: "nginx:1" -> "nginx:2" (git)',
    ]);
  });
});

describe('sync options', () => {
  test('ServerSideApply=true predicts that', async () => {
    await sync(web());

    const { told: seen, asked } = await predict({
      ...{ base: [web()], head: [web({ minReadySeconds: 3 })] },
      syncOptions: ['ServerSideApply=true'],
    });

    expect(seen).toEqual(['pull update Deployment web spec.minReadySeconds: null -> 3 (git)']);
    expect(asked).toContain('dry-run Deployment web');
  });

  test('what was applied on the server’s side is no change, its mark included, and goes where Git drops it', async () => {
    const metadata = { name: 'web', namespace, annotations: { 'argocd.argoproj.io/tracking-id': 'shop:x' } };
    const input = JSON.stringify({ ...web({ minReadySeconds: 3 }), metadata });
    await stage.plane.kubectl(['apply', '--server-side', '--field-manager=argocd-controller', '-f', '-'], { input });
    const syncOptions = ['ServerSideApply=true'];

    const same = await predict({ head: [web({ minReadySeconds: 3 })], syncOptions });
    const changed = await predict({ base: [web({ minReadySeconds: 3 })], head: [web()], syncOptions });

    expect({ told: same.told, findings: same.findings, error: same.error }).toEqual({
      ...{ told: [], findings: [], error: null },
    });
    expect(changed.told).toEqual(['pull update Deployment web spec.minReadySeconds: 3 -> null (git)']);
  });

  test('Replace=true keeps nothing that Git does not say', async () => {
    await sync(web());
    await stage.plane.kubectl(['-n', namespace, 'label', 'deployment/web', 'by=hand']);

    const { told: seen } = await predict({ head: [web()], syncOptions: ['Replace=true'] });

    expect(seen).toContain('already update Deployment web metadata.labels: {"by":"hand"} -> null (git)');
  });

  test('of an object count for it alone', async () => {
    const annotations = { 'argocd.argoproj.io/sync-options': 'Replace=true' };
    const config = (name: string, more: JsonObject) => ({
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, ...more } },
      data: { a: '1' },
    });
    const both = [config('one', { annotations }), config('two', {})];
    for (const object of both) await sync(object);
    await stage.plane.kubectl(['-n', namespace, 'label', 'configmap', 'one', 'two', 'by=hand']);

    const { told: seen } = await predict({ head: both });

    expect(seen.filter((line) => line.includes('labels'))).toEqual([
      'already update ConfigMap one metadata.labels: {"by":"hand"} -> null (git)',
    ]);
  });
});
