import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { stepDeployment } from '../../../src/features/deploy/step.ts';
import type { DeployTools } from '../../../src/features/deploy/tools.ts';
import { repoKey } from '../../../src/model/repo.ts';
import { keyOf, signal, type World } from '../world.ts';
import { openStepping, type SteppingStage } from './stepping-stage.ts';

const apps = [
  'stopped',
  'paused',
  'web',
  'refused',
  'later',
  'held',
  'stuck',
  'bug',
  'gone',
  'moved',
  'known',
] as const;
type App = (typeof apps)[number];

let stage: SteppingStage<App>;
let world: World;

beforeAll(async () => {
  stage = await openStepping(apps);
  world = stage.world;
});

afterEach(() => stage.reset());

describe('a deployment', () => {
  test('is accepted, written, watched, soaked and healthy, one step at a time', async () => {
    const states = [(await stage.step('web')).state, (await stage.step('web')).state, (await stage.step('web')).state];
    world.pass(61_000);
    const end = await stage.step('web');

    expect([...states, end.state]).toEqual(['applying', 'following', 'soaking', 'healthy']);
    expect(stage.written('web')).toMatchObject({ data: { key: '2' } });
    expect(end.steps.map(({ state }) => state)).toEqual(['accepted', 'applying', 'following', 'soaking', 'healthy']);
    expect(world.added.slice(-3).map(({ job }) => job.kind)).toEqual(['drift', 'board', 'tell']);
    await expect(stage.step('web')).resolves.toEqual(end);
  });

  test('loses nothing when the process dies after the engine wrote and before that was noted', async () => {
    await stage.step('known');
    const before = await stage.get('known');
    await stage.step('known');
    await world.tools.store.deployments.update(null, before.id, { state: before.state, journal: before.journal });

    const after = await stage.step('known', { ...world.tools });

    expect(after.state).toBe('following');
    expect(stage.written('known')).toMatchObject({ data: { key: '2' } });
  });

  test('deletes what its plan showed, and nothing else', async () => {
    world.engine.live.set(
      'apps/gone@prod:prod',
      new Map([
        [keyOf('extra'), {}],
        [keyOf('other'), {}],
      ]),
    );
    await stage.step('gone');
    await stage.step('gone');

    expect([...(world.engine.live.get('apps/gone@prod:prod') ?? new Map()).keys()].sort()).toEqual(
      [keyOf('gone'), keyOf('other')].sort(),
    );
  });
});

describe('a takeover nobody saw', () => {
  test('waits for a command given after it, and then takes exactly what was told', async () => {
    await stage.step('refused');
    await stage.command();
    world.pass(1_000);
    world.engine.live.set('apps/refused@prod:prod', new Map([[keyOf('refused'), {}]]));
    world.engine.foreign.add(keyOf('refused'));
    const told = await stage.step('refused');
    const still = await stage.step('refused');
    world.pass(1_000);
    await stage.command();
    const again = await stage.step('refused');
    world.engine.foreign.add('unrelated');
    const done = await stage.step('refused');

    expect([told.state, still.state, again.state, done.state]).toEqual(['waiting', 'waiting', 'applying', 'following']);
    expect(told.reason).toBe(`${keyOf('refused')} belongs to helm now.`);
    expect(world.engine.steps.at(-1)?.takeovers).toEqual([
      { key: keyOf('refused'), fields: [{ field: '.data.key', owner: 'helm' }] },
    ]);
  });

  test('is not accepted by a command that answers another refusal', async () => {
    await stage.step('later');
    world.engine.refusal = 'Namespace shop is being deleted.';
    world.engine.live.set('apps/later@prod:prod', new Map([[keyOf('later'), {}]]));
    world.engine.foreign.add(keyOf('later'));
    const told = await stage.step('later');
    world.pass(1_000);
    await stage.command();
    world.engine.refusal = null;
    const again = await stage.step('later');
    const stopped = await stage.step('later');

    expect([told.state, again.state, stopped.state]).toEqual(['waiting', 'applying', 'waiting']);
    expect(world.engine.steps.at(-1)?.takeovers).toEqual([]);
    expect(stopped.reason).toBe(`${keyOf('later')} belongs to helm now.`);
  });

  test('stays accepted while the refusals after it are answered', async () => {
    world.engine.foreign.add(keyOf('later'));
    world.pass(1_000);
    await stage.command();
    await stage.step('later');
    world.engine.refusal = 'Namespace shop is being deleted.';
    await stage.step('later');
    world.engine.refusal = null;
    world.pass(1_000);
    await stage.command();
    await stage.step('later');
    const done = await stage.step('later');

    expect(done.state).toBe('following');
  });
});

describe('a target', () => {
  test('that somebody else holds is not written', async () => {
    const key = `target:${repoKey(world.repo)}:apps/held@prod:prod`;
    const lease = await world.tools.store.leases.take(key, 'heal:d-1:fairlead', 60_000);
    const waits = await stage.step('held');
    await world.tools.store.leases.release(lease ?? { key, holder: '', fence: 0 });
    const begins = await stage.step('held');

    expect([waits.state, waits.reason]).toEqual(['waiting', 'for another deployment of this target to finish a step']);
    expect(begins.state).toBe('applying');
  });

  test('that a newer deployment wants is given up between two steps, with its pulls', async () => {
    world.engine.stages = 3;
    await stage.step('stuck');
    const half = await stage.step('stuck');
    const next = await stage.newer('stuck');
    await stepDeployment(next.id, world.tools, signal);
    const waits = await world.tools.store.deployments.get(next.id);
    const over = await stage.step('stuck');
    await stepDeployment(next.id, world.tools, signal);
    const begun = await world.tools.store.deployments.get(next.id);

    expect([half.state, waits?.state, over.state, begun?.state]).toEqual([
      'applying',
      'waiting',
      'superseded',
      'applying',
    ]);
    expect(begun?.pulls).toEqual(over.pulls);
  });

  test('that is only watched goes to the newer deployment at once', async () => {
    await stage.step('moved');
    await stage.step('moved');
    const next = await stage.newer('moved');
    await stepDeployment(next.id, world.tools, signal);

    expect((await stage.get('moved')).state).toBe('superseded');
    expect((await world.tools.store.deployments.get(next.id))?.state).toBe('applying');
  });
});

describe('a deployment that is being written', () => {
  const stops = [
    ['stopped', 'stopped: the mode is observe: nothing is deployed'],
    ['paused', 'stopped: prod is paused by ann: incident'],
  ] as const;

  test.each(stops)('is %s between two steps, says why, and goes on afterwards', async (app, reason) => {
    const { engine, repo, tools } = world;
    const isPause = app === 'paused';
    const settings: DeployTools['settings'] = async (...args) => {
      const inForce = await tools.settings(...args);
      return { ...inForce, settings: { ...inForce.settings, mode: 'observe' } };
    };
    engine.stages = 2;
    await stage.step(app);
    await stage.step(app);
    const steps = engine.steps.length;
    if (isPause)
      await tools.store.pauses.set(null, { ...{ repo, environment: 'prod', by: 'ann', reason: 'incident' }, at: '' });

    const stopped = await stage.step(app, isPause ? tools : { ...tools, settings });

    expect([stopped.state, stopped.reason]).toEqual(['applying', reason]);
    expect(engine.steps).toHaveLength(steps);
    expect(world.added.slice(-2).map(({ key }) => key.split(':')[0])).toEqual(['deploy', 'tell']);
    expect((stage.waiting(stopped.id)?.runAt?.getTime() ?? 0) - tools.now().getTime()).toBe(60_000);
    await tools.store.pauses.clear(null, repo, 'prod');
    expect((await stage.step(app)).state).toBe('following');
  });
});

describe('what renders differently than it was accepted', () => {
  test('is not written, but accepted anew', async () => {
    await stage.step('bug');
    const tools: DeployTools = {
      ...world.tools,
      render: async (...args) => {
        const resources = await world.tools.render(...args);
        return resources.map((one) => ({ ...one, object: { ...one.object, data: { key: 'other' } } }));
      },
    };
    const steps = world.engine.steps.length;
    const anew = await stage.step('bug', tools);
    const waits = await stage.step('bug', tools);

    expect([anew.state, waits.state]).toEqual(['waiting', 'waiting']);
    expect(waits.reason).toBe(
      'ConfigMap shop/bug is not as any review showed it; `/fairlead deploy prod` deploys it all the same',
    );
    expect(world.engine.steps).toHaveLength(steps);
  });
});
