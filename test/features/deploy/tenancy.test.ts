import { beforeAll, describe, expect, test } from '@jest/globals';
import { compareTarget } from '../../../src/features/drift/drift.ts';
import { putRight } from '../../../src/features/drift/put-right.ts';
import { lookKey } from '../../../src/features/drift/tools.ts';
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
