import { beforeEach, describe, expect, test } from '@jest/globals';
import { takeMerges } from '../../../src/features/deploy/merged.ts';
import { stepDeployment } from '../../../src/features/deploy/step.ts';
import type { DeployTools } from '../../../src/features/deploy/tools.ts';
import type { Deployment } from '../../../src/model/deployment.ts';
import type { RepoPort } from '../../../src/world/forge/forge.ts';
import { manifest, openWorld, signal, type World } from '../world.ts';

const files = { 'apps/web/prod/web.yaml': manifest('web', '1'), 'apps/db/prod/db.yaml': manifest('db', '1') };
const web = (key: string) => ({ 'apps/web/prod/web.yaml': manifest('web', key) });
const db = (key: string) => ({ 'apps/db/prod/db.yaml': manifest('db', key) });

let world: World;

beforeEach(async () => {
  world = await openWorld(files);
  await world.tools.store.heads.set(null, world.repo, 'main', (await world.stage.port.branchHead('main')) ?? '');
});

/** A forge that does not list the pull of any commit yet. */
function lagging(): DeployTools {
  const forge = Object.create(world.stage.forge, {
    repo: {
      value: async (ref: RepoPort['ref']): Promise<RepoPort> =>
        Object.create(await world.stage.forge.repo(ref), { pullsForCommit: { value: async () => [] } }),
    },
  });
  return { ...world.tools, forge: () => forge };
}

async function take(pull?: number): Promise<void> {
  const job = { repo: world.repo, branch: 'main', before: null };
  await takeMerges(pull === undefined ? job : { ...job, pull }, lagging(), signal);
}

const all = async (): Promise<readonly Deployment[]> =>
  (await world.tools.store.deployments.find({ repo: world.repo })).toReversed();
const said = async () => (await all()).map(({ target, pulls, trigger }) => `${target} ${pulls.join('+')} ${trigger}`);

async function step(): Promise<string | undefined> {
  const id = (await all()).at(-1)?.id ?? '';
  await stepDeployment(id, world.tools, signal);
  return (await world.tools.store.deployments.get(id))?.state;
}

describe('a pull that the forge does not list yet', () => {
  test('is known by the event of its merge', async () => {
    const { pull } = await world.merge(web('2'));

    await take(pull);

    expect(await said()).toEqual([`apps/web@prod:prod ${pull} merge`]);
    expect(await step()).toBe('applying');
  });

  test('is known although the push was told first, and what was taken for a push goes on', async () => {
    const { pull } = await world.merge(web('2'));
    await take();
    const pushed = await step();
    world.added.length = 0;
    await take(pull);
    await take(pull);

    expect(pushed).toBe('waiting');
    expect((await all()).map(({ pulls, actor }) => ({ pulls, actor }))).toEqual([{ pulls: [pull], actor: 'hubot' }]);
    expect(world.added.map(({ job }) => job.kind)).toEqual(['deploy', 'tell']);
    expect(await step()).toBe('applying');
  });

  test('is known as the revert it is', async () => {
    const { pull } = await world.merge(web('2'), { head: 'fairlead/revert-9-abcdef0' });
    await take();
    await take(pull);

    expect(await said()).toEqual([`apps/web@prod:prod ${pull} revert`]);
  });

  test('is known to the deployment that took the place of its own, before the pulls that came after', async () => {
    const first = await world.merge(web('2'));
    await take();
    const second = await world.merge(web('3'));
    await take();
    await take(second.pull);
    await take(first.pull);

    expect((await all()).map(({ state, pulls }) => `${state} ${pulls.join('+')}`)).toEqual([
      'superseded ',
      `accepted ${first.pull}+${second.pull}`,
    ]);
  });

  test('is no matter of other targets, nor of a later deployment once it is healthy', async () => {
    const first = await world.merge(web('2'));
    await take(first.pull);
    for (const pause of [0, 0, 61_000, 0]) {
      await step();
      world.pass(pause);
    }
    const second = await world.merge(db('2'));
    await take(second.pull);
    const third = await world.merge(web('3'));
    await take(third.pull);
    await take(first.pull);

    expect(await said()).toEqual([
      `apps/web@prod:prod ${first.pull} merge`,
      `apps/db@prod:prod ${second.pull} merge`,
      `apps/web@prod:prod ${third.pull} merge`,
    ]);
  });
});
