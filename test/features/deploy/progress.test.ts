import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { keyOf, type World } from '../world.ts';
import { openStepping, type SteppingStage } from './stepping-stage.ts';

let stage: SteppingStage<'written' | 'watched' | 'held'>;
let world: World;

beforeAll(async () => {
  stage = await openStepping(['written', 'watched', 'held']);
  world = stage.world;
});

afterEach(() => stage.reset());

const tells = () => world.added.filter(({ job }) => job.kind === 'tell');

describe('progress within a state', () => {
  test('stands in the timeline as one line with its beginning and its last word', async () => {
    world.engine.stages = 3;
    const began = await stage.step('written');
    world.pass(1_000);
    await stage.step('written');
    world.pass(1_000);
    const last = await stage.step('written');

    expect(last.state).toBe('applying');
    expect(last.steps.map(({ state, note }) => [state, note])).toEqual([
      ['accepted', ''],
      ['applying', 'the next stage'],
    ]);
    expect(last.steps.at(-1)?.at).toBe(began.steps.at(-1)?.at);
  });

  test('is told a while later, unless something is told before; a new state at once', async () => {
    await stage.step('watched');
    world.added.length = 0;
    await stage.step('watched');
    const [moved] = tells();
    world.engine.ill.set(keyOf('watched'), 'progressing');
    world.added.length = 0;
    await stage.step('watched');
    const [progressed] = tells();

    expect(moved).toMatchObject({ replace: true, runAt: null });
    expect(progressed).toMatchObject({ replace: false });
    expect((progressed?.runAt?.getTime() ?? 0) - world.tools.now().getTime()).toBe(15_000);
  });

  test('is told at once where it is a person who is waited for', async () => {
    await stage.step('held');
    world.engine.refusal = 'ConfigMap held is refused.';
    await stage.step('held');
    world.engine.refusal = null;
    world.added.length = 0;
    await stage.step('held');

    expect((await stage.get('held')).reason).toMatch(/`\/fairlead deploy prod`/);
    expect(tells()).toEqual([expect.objectContaining({ replace: true, runAt: null })]);
  });
});
