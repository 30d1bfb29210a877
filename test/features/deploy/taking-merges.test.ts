import { describe, expect, test } from '@jest/globals';
import { takeMerges } from '../../../src/features/deploy/merged.ts';
import type { DeployTools } from '../../../src/features/deploy/tools.ts';
import type { World } from '../world.ts';
import { manifest, openWorld, signal } from '../world.ts';

const files = {
  'apps/web/staging/web.yaml': manifest('web', '1'),
  'apps/web/prod/web.yaml': manifest('web', '1'),
  'apps/db/prod/db.yaml': manifest('db', '1'),
};

const take = ({ repo, tools }: World, before: string | null = null) =>
  takeMerges({ repo, branch: 'main', before }, tools, signal);

const all = async ({ repo, tools }: World) => (await tools.store.deployments.find({ repo })).toReversed();

const said = async (world: World) =>
  (await all(world)).map(({ target, pulls, state, trigger }) => `${target} ${pulls.join('+')} ${state} ${trigger}`);

async function begun(settings?: string): Promise<World> {
  const world = await openWorld(files, settings === undefined ? {} : { settings });
  const head = await world.stage.port.branchHead('main');
  await world.tools.store.heads.set(null, world.repo, 'main', head ?? '');
  return world;
}

describe('a merge', () => {
  test('deploys every target it reaches, and only those, with its pull and who merged it', async () => {
    const world = await begun();
    const { pull, commit } = await world.merge({ 'apps/web/prod/web.yaml': manifest('web', '2') });

    await take(world);

    const [deployment, ...others] = await all(world);
    expect(others).toEqual([]);
    expect(deployment).toMatchObject({ target: 'apps/web@prod:prod', commit, pulls: [pull], actor: 'hubot' });
    expect(world.added.map(({ key }) => key)).toEqual([
      `deploy:${deployment?.id}`,
      `tell:github:${world.repo.id}#${pull}`,
    ]);
  });

  test('is looked for on no branch that nothing is deployed from: the forge is not even asked', async () => {
    const world = await begun();
    await world.stage.repo.commit('feature', { 'apps/web/prod/web.yaml': manifest('web', '2') });
    await takeMerges({ repo: world.repo, branch: 'main', before: null }, world.tools, signal);
    const before = world.stage.github.requests.length;

    await takeMerges({ repo: world.repo, branch: 'feature', before: null }, world.tools, signal);

    expect(world.stage.github.requests.slice(before)).toEqual([]);
    expect(await world.tools.store.heads.get(world.repo, 'feature')).toBeNull();
    expect(await all(world)).toEqual([]);
  });

  test('is taken once, however often it is told', async () => {
    const world = await begun();
    await world.merge({ 'apps/web/prod/web.yaml': manifest('web', '2') });

    await take(world);
    await take(world);
    await Promise.all([take(world), take(world)]);

    expect(await all(world)).toHaveLength(1);
  });

  test('is not set back by a look that began before it was there', async () => {
    const world = await begun();
    const first = await world.merge({ 'apps/web/prod/web.yaml': manifest('web', '2') });
    const taken: string[] = [];
    const slow: DeployTools = {
      ...world.tools,
      applications: async (...args) => {
        const found = await world.tools.applications(...args);
        if (taken.length > 0) return found;
        taken.push((await world.merge({ 'apps/web/prod/web.yaml': manifest('web', '3') })).commit);
        await take(world);
        return found;
      },
    };

    await takeMerges({ repo: world.repo, branch: 'main', before: null, pull: first.pull }, slow, signal);

    expect((await all(world)).map(({ commit }) => commit)).toEqual(taken);
    expect(await world.tools.store.heads.get(world.repo, 'main')).toBe(taken[0]);
  });

  test('takes the place of one that waits, and carries its pulls', async () => {
    const world = await begun();
    const first = await world.merge({ 'apps/web/prod/web.yaml': manifest('web', '2') });
    await take(world);
    const second = await world.merge({ 'apps/web/prod/web.yaml': manifest('web', '3') });

    await take(world);

    expect(await said(world)).toEqual([
      `apps/web@prod:prod ${first.pull} superseded merge`,
      `apps/web@prod:prod ${first.pull}+${second.pull} accepted merge`,
    ]);
  });

  test('lies among others: each target gets the pulls that reach it, at the newest commit', async () => {
    const world = await begun();
    const web = await world.merge({ 'apps/web/prod/web.yaml': manifest('web', '2') });
    const db = await world.merge({ 'apps/db/prod/db.yaml': manifest('db', '2') });

    await take(world);

    expect(new Set(await said(world))).toEqual(
      new Set([`apps/web@prod:prod ${web.pull} accepted merge`, `apps/db@prod:prod ${db.pull} accepted merge`]),
    );
    expect(new Set((await all(world)).map(({ commit }) => commit))).toEqual(new Set([db.commit]));
  });

  test('of a branch that was rewritten is taken from where both agree', async () => {
    const world = await begun();
    await world.tools.store.heads.set(null, world.repo, 'main', 'f'.repeat(40));
    const { pull } = await world.merge({ 'apps/db/prod/db.yaml': manifest('db', '2') });

    await take(world);

    expect(await said(world)).toEqual([`apps/db@prod:prod ${pull} accepted merge`]);
  });

  test('of a revert of ours is a revert', async () => {
    const world = await begun();
    await world.merge({ 'apps/db/prod/db.yaml': manifest('db', '2') }, { head: 'fairlead/revert-9-abcdef0' });

    await take(world);

    expect((await all(world)).map(({ trigger }) => trigger)).toEqual(['revert']);
  });

  test('that is a push without a pull is deployed without one', async () => {
    const world = await begun();
    await world.push({ 'apps/db/prod/db.yaml': manifest('db', '2') });

    await take(world);

    expect(await said(world)).toEqual(['apps/db@prod:prod  accepted merge']);
  });

  test('in observe mode deploys nothing, now or once the mode is enforce', async () => {
    const world = await begun('version: 1\nenvironments: { prod: { deploy: { on: merge } } }\n');
    await world.merge({ 'apps/db/prod/db.yaml': manifest('db', '2') });
    await take(world);
    await world.push({
      '.fairlead.yaml': 'version: 1\nmode: enforce\nenvironments: { prod: { deploy: { on: merge } } }\n',
    });
    world.pass(5_000);

    await take(world);

    expect(await all(world)).toEqual([]);
  });

  test.each([
    ['in observe mode', 'mode: observe\nenvironments: { prod: { deploy: { on: merge } } }', 'the mode was observe'],
    [
      'where the settings say never',
      'mode: enforce\nenvironments: { prod: { deploy: { on: never } } }',
      'the settings did not deploy to prod',
    ],
  ])('%s ends what waited for an earlier commit, and says why', async (_where, lines, why) => {
    const world = await begun();
    const { repo, tools } = world;
    const earlier = await world.merge({ 'apps/db/prod/db.yaml': manifest('db', '2') });
    const other = await world.merge({ 'apps/web/prod/web.yaml': manifest('web', '2') });
    await take(world);
    await world.push({ '.fairlead.yaml': `version: 1\n${lines}\n` });
    world.pass(5_000);
    const { commit } = await world.merge({ 'apps/db/prod/db.yaml': manifest('db', '3') });
    world.added.length = 0;

    await take(world);

    expect(new Set(await said(world))).toEqual(
      new Set([
        `apps/db@prod:prod ${earlier.pull} superseded merge`,
        `apps/web@prod:prod ${other.pull} accepted merge`,
      ]),
    );
    const [ended] = await tools.store.deployments.find({ repo, states: ['superseded'] });
    expect(ended?.reason).toBe(`${commit.slice(0, 7)} was merged while ${why}`);
    expect(ended?.endedAt).toBe(tools.now().toISOString());
    expect(world.added.map(({ key }) => key)).toEqual([`tell:github:${repo.id}#${earlier.pull}`]);
    const rows = await tools.store.audit.read({ after: 0, limit: 100 });
    expect(rows.at(-1)).toMatchObject({ action: 'deploy-superseded', subject: ended?.id });
  });
});
