import { beforeAll, describe, expect, test } from '@jest/globals';
import { openGround } from '../../../src/features/deploy/gather.ts';
import { compareTarget } from '../../../src/features/drift/drift.ts';
import { putRight } from '../../../src/features/drift/put-right.ts';
import { lookKey } from '../../../src/features/drift/tools.ts';
import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import { openCluster } from '../../../src/world/cluster/kubernetes/open-cluster.ts';
import type { Place } from '../../../src/world/cluster/place.ts';
import { identities, kubeconfigOf } from '../../control-plane/identities.ts';
import { healthyWeb } from '../drift/healthy-web.ts';
import { keyOf, manifest, merging, openWorld, signal, type World } from '../world.ts';
import { openStepping, type SteppingStage } from './stepping-stage.ts';

/** Settings under which applications reach another namespace than the one they use. */
const bounded = (more = '') => `${merging}tenancy: {apps: {paths: [apps/**], namespaces: [other]${more}}}\n`;

/** Makes these settings the newest. */
async function govern(world: World, settings: string): Promise<void> {
  await world.push({ '.fairlead.yaml': settings });
  world.pass(5_000);
}

describe('a deployment of what lies outside the tenancy', () => {
  let stage: SteppingStage<'web' | 'late' | 'cluster' | 'fine'>;

  beforeAll(async () => {
    stage = await openStepping(['web', 'late', 'cluster', 'fine']);
  });

  test.each([
    ['web', bounded()],
    ['cluster', bounded(', shop], clusters: [elsewhere').replace('[other, shop]', '[shop]')],
  ] as const)('writes nothing and says what: %s', async (app, settings) => {
    await govern(stage.world, settings);
    await stage.step(app);
    const after = await stage.step(app);

    expect(after).toMatchObject({
      state: 'waiting',
      reason: expect.stringContaining(`ConfigMap shop/${app} is outside`),
    });
    expect(stage.written(app)).toBeUndefined();
  });

  test('that has begun stops as soon as the tenancy narrows', async () => {
    await govern(stage.world, merging);
    await stage.step('late');
    await govern(stage.world, bounded());
    const after = await stage.step('late');

    expect(after.state).toBe('waiting');
    expect(stage.written('late')).toBeUndefined();
  });

  test('is the matter of that object alone: what is inside is deployed', async () => {
    await govern(stage.world, bounded().replace('[other]', '[shop]'));
    await stage.step('fine');
    await stage.step('fine');

    expect(stage.written('fine')).toMatchObject({ data: { key: '2' } });
  });
});

test('a deployment reads as the plan account of its tenant and writes as the other', async () => {
  const stage = await openStepping(['web']);
  const { tools } = stage.world;
  const kubeconfig = { text: kubeconfigOf('https://127.0.0.1:1', '') };
  const redactor = createRedactor({ key: Buffer.alloc(32, 7) });
  const cluster = await openCluster({ kubeconfig, context: identities.admin.context, redactor });
  const discovery = { find: () => undefined, resources: [], apiVersions: [] };
  const read = { cluster, discovery, openapi: { document: async () => null }, kubeVersion: 'v1.36.0', uid: null };
  const places: Place[] = [];
  const tenant = { name: 'all', paths: ['**'], clusters: [], namespaces: ['*'], kinds: { allow: [], deny: [] } };
  const serviceAccount = { plan: 'shop/plan', apply: 'shop/apply' };

  await openGround(
    await stage.get('web'),
    {
      ...tools,
      settings: async (repo, until) => {
        const inForce = await tools.settings(repo, until);
        const tenancy = [{ by: 'server' as const, tenants: [{ ...tenant, serviceAccount }] }];
        return { ...inForce, settings: { ...inForce.settings, tenancy } };
      },
      place: async (context) => ({ context, read: { ...read, namespace: 'shop' }, error: null }),
      engine: async (name, place, repo) => {
        places.push(place);
        return tools.engine(name, place, repo);
      },
    },
    signal,
  );

  expect(places).toMatchObject([{ applyAs: 'system:serviceaccount:shop:apply' }]);
  expect(places[0]?.read?.cluster).not.toBe(cluster);
  await cluster.close();
});

describe('drift of what lies outside the tenancy', () => {
  const target = 'apps/web@prod:prod';
  let world: World;

  beforeAll(async () => {
    world = await openWorld({ 'apps/web/prod/web.yaml': manifest('web', '1') });
    await healthyWeb(world);
    world.engine.live.set(target, new Map([[keyOf('web'), { data: { key: '9' } }]]));
  });

  test('is not looked at, is not called in sync, and is not put right', async () => {
    await compareTarget({ repo: world.repo, target, wake: 'test' }, world.tools, signal);
    const [row] = await world.tools.store.drift.find({ repo: world.repo, open: true });
    await govern(world, bounded());
    await compareTarget({ repo: world.repo, target, wake: 'test' }, world.tools, signal);
    const still = await world.tools.store.drift.find({ repo: world.repo, open: true });
    await putRight({ drift: row?.id ?? '', actor: 'ann', how: 'heal', asked: null }, world.tools, signal);

    expect(world.tools.looks.get(lookKey(world.repo, target))?.error).toContain('1 object is outside the tenancy');
    expect(still.map(({ id }) => id)).toEqual([row?.id]);
    expect(world.engine.live.get(target)?.get(keyOf('web'))).toMatchObject({ data: { key: '9' } });
    expect(world.engine.steps).toEqual([]);
  });
});
