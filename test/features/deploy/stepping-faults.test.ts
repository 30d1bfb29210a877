import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { stepDeployment } from '../../../src/features/deploy/step.ts';
import type { DeployTools } from '../../../src/features/deploy/tools.ts';
import { BorderError } from '../../../src/model/error.ts';
import type { Redacted } from '../../../src/model/redacted.ts';
import { keyOf, signal, type World } from '../world.ts';
import { openStepping, type SteppingStage } from './stepping-stage.ts';

const apps = ['away', 'ill', 'slow', 'bug', 'secret', 'barred', 'charged', 'ailing', 'halted'] as const;
type App = (typeof apps)[number];

let stage: SteppingStage<App>;
let world: World;

beforeAll(async () => {
  stage = await openStepping(apps);
  world = stage.world;
});

afterEach(() => stage.reset());

const forbidden = new BorderError({
  ...{ kind: 'forbidden', status: 403, code: 'cluster-forbidden', subject: 'prod' },
  ...{ message: 'The identity in prod may not get configmaps.', remedy: 'Grant it.' },
});

describe('a cluster that does not answer', () => {
  test('is waited for in the middle, and never taken for a failure', async () => {
    await stage.step('away');
    world.engine.isAway = true;
    const lost = await stage.step('away');
    world.engine.isAway = false;
    const back = await stage.step('away');
    world.engine.isAway = true;
    world.pass(901_000);
    const late = await stage.step('away');
    world.engine.isAway = false;
    const found = await stage.step('away');

    expect([lost.state, back.state, late.state, found.state]).toEqual(['applying', 'following', 'unknown', 'soaking']);
    expect(lost.reason).toBe('The cluster prod does not answer. It is tried again.');
    expect(stage.jobs('away')).not.toContain('revert');
  });
});

describe('a cluster that lets us read no longer', () => {
  test('is told while there is time, and then nobody knows: no rollout without an end, and no revert', async () => {
    const { tools } = world;
    const barred: DeployTools = {
      ...tools,
      engine: async (...args) => ({ ...(await tools.engine(...args)), status: () => Promise.reject(forbidden) }),
    };
    await stage.step('barred');
    await stage.step('barred');
    const told = await stage.step('barred', barred);
    world.pass(901_000);
    const late = await stage.step('barred', barred);
    const still = await stage.step('barred', barred);
    const back = await stage.step('barred');

    expect([told.state, late.state, still.state, back.state]).toEqual(['following', 'unknown', 'unknown', 'soaking']);
    expect([told.reason, late.reason]).toEqual([`${forbidden.message} Grant it.`, `${forbidden.message} Grant it.`]);
    expect(stage.jobs('barred')).not.toContain('revert');
  });
});

describe('a failure', () => {
  test('seen by a rule ends it and asks for a revert, with the evidence', async () => {
    await stage.step('ill');
    await stage.step('ill');
    world.engine.ill.set(keyOf('ill'), 'failed');
    const failed = await stage.step('ill');

    expect(failed).toMatchObject({ state: 'failed', reason: 'ConfigMap shop/ill failed: CrashLoopBackOff' });
    expect(failed.evidence).toHaveLength(1);
    expect(stage.jobs('ill')).toContain('revert');
  });

  test('that nobody saw in time is unknown, is watched ever more rarely, and is no reason for a revert', async () => {
    await stage.step('slow');
    await stage.step('slow');
    world.engine.ill.set(keyOf('slow'), 'progressing');
    world.pass(901_000);
    const unknown = await stage.step('slow');
    const next = (stage.waiting(unknown.id)?.runAt?.getTime() ?? 0) - world.tools.now().getTime();

    expect(unknown.state).toBe('unknown');
    expect(next).toBe(90_100);
    expect(stage.jobs('slow')).not.toContain('revert');
  });

  test('of our own is thrown for the log, and the deployment is looked at again however often it was tried', async () => {
    const broken = { ...world.tools, render: async () => Promise.reject(new TypeError('a fault of our own')) };
    const before = world.added.length;

    await expect(stage.step('bug', broken)).rejects.toThrow('a fault of our own');

    const [queued] = world.added.slice(before);
    expect(queued).toMatchObject({ key: `deploy:${stage.id('bug')}`, replace: 'sooner' });
    expect((queued?.runAt?.getTime() ?? 0) - world.tools.now().getTime()).toBe(60_000);
  });

  test('is told without the secret the server quotes', async () => {
    const redact = (text: string) => text.replaceAll('hunter2', '(hidden)') as Redacted;
    const tools = { ...world.tools, redact };
    await stage.step('secret', tools);
    world.engine.fault = 'admission refused the value hunter2';
    const failed = await stage.step('secret', tools);
    const rows = await world.tools.store.audit.read({ after: 0, limit: 1_000 });

    expect(failed).toMatchObject({ state: 'failed', reason: 'admission refused the value (hidden)' });
    expect(JSON.stringify([failed, rows])).not.toContain('hunter2');
  });
});

describe('what failed before a deployment', () => {
  const begin = async (app: App) => {
    const { id } = await stage.newer(app);
    await stepDeployment(id, world.tools, signal);
    return world.tools.store.deployments.get(id);
  };
  const failing = async (app: App) => {
    await stage.step(app);
    await stage.step(app);
    world.engine.ill.set(keyOf(app), 'failed');
    world.pass(61_000);
    return stage.step(app);
  };

  test('is not what the deployment before it broke, until somebody has judged that', async () => {
    const first = await failing('charged');
    const second = await begin('charged');
    await world.tools.store.deployments.update(null, second?.id ?? '', { state: 'superseded' });
    const third = await begin('charged');
    await world.tools.store.deployments.update(null, third?.id ?? '', { state: 'failed', revertPull: 9 });
    const fourth = await begin('charged');

    expect(first.failedBefore).toEqual([]);
    expect([second?.state, second?.failedBefore]).toEqual(['applying', []]);
    expect([third?.state, third?.failedBefore]).toEqual(['applying', []]);
    expect(fourth?.failedBefore).toEqual([keyOf('charged')]);
  });

  test('and before the one before it too still is', async () => {
    world.engine.ill.set(keyOf('ailing'), 'failed');
    await failing('ailing');
    world.pass(61_000);
    const first = await stage.step('ailing');
    const second = await begin('ailing');

    expect(first).toMatchObject({ state: 'failed', failedBefore: [keyOf('ailing')] });
    expect(second?.failedBefore).toEqual([keyOf('ailing')]);
  });

  test('is not what it wrote itself before it had to wait again', async () => {
    const { id } = await stage.step('halted');
    await world.tools.store.deployments.update(null, id, { state: 'waiting' });
    world.engine.ill.set(keyOf('halted'), 'failed');
    const again = await stage.step('halted');

    expect([again.state, again.failedBefore]).toEqual(['applying', []]);
  });
});
