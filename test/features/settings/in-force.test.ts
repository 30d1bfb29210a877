import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createSettingsReader, type SettingsReader } from '../../../src/features/settings/in-force.ts';
import type { ClusterMap } from '../../../src/model/cluster-map.ts';
import type { SettingsInForce } from '../../../src/model/settings.ts';
import { clusterMap, merging, openWorld, signal, type World } from '../world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld({}, { settings: merging });
});

async function written(text: string | null): Promise<SettingsInForce> {
  await world.push({ '.fairlead.yaml': text });
  world.pass(1_001);
  return world.tools.settings(world.repo, signal);
}

const kept = ({ settings, problem }: SettingsInForce) => ({
  mode: settings.mode,
  names: [...settings.environments.keys()],
  problem,
});

describe('the settings in force', () => {
  test('are those of the newest commit of the default branch', async () => {
    const found = await world.tools.settings(world.repo, signal);

    expect(kept(found)).toEqual({ mode: 'enforce', names: ['staging', 'prod'], problem: null });
    expect(found).toMatchObject({ branch: 'main', commit: await world.stage.port.branchHead('main') });
  });

  test.each([
    ['is no YAML', 'version: 1\n  mode: [\n', /are not in force: /],
    [
      'names a cluster nobody told the server of',
      merging.replace('prod:\n', 'prod:\n    clusters: [elsewhere]\n'),
      /elsewhere/,
    ],
    ['names an engine there is not', merging.replaceAll('on: merge', 'on: merge, engine: spinnaker'), /spinnaker/],
  ])('stay the last sound ones when the newest file %s, and say so', async (_, text, why) => {
    const found = await written(text);

    expect(kept(found)).toEqual({ mode: 'enforce', names: ['staging', 'prod'], problem: expect.stringMatching(why) });
    expect(found.problem).toContain(found.commit.slice(0, 7));
  });

  test('are bounded by the tenants of the server, and by their own inside of these', async () => {
    await written(`${merging}tenancy: {web: {paths: [apps/**], namespaces: [shop]}}\n`);
    const tenant = { name: 'all', paths: ['**'], clusters: [], namespaces: ['*'], kinds: { allow: [], deny: [] } };
    const limits = {
      ...{ mode: 'enforce' as const, impersonated: ['prod'] },
      tenancy: [
        { ...tenant, repositories: [world.repo.fullName] },
        { ...tenant, repositories: ['somebody/else'] },
      ],
    };
    const reader = createSettingsReader({ ...world.tools, engines: ['apply'], clusters: clusterMap, limits });

    const { settings } = await reader(world.repo, signal);

    expect(settings.tenancy).toMatchObject([
      { by: 'server', tenants: [{ name: 'all' }], impersonated: ['prod'] },
      { by: 'repository', tenants: [{ name: 'web' }] },
    ]);
    expect(settings.tenancy[0]?.tenants).toHaveLength(1);
  });

  test('are never more than the server lets a repository have', async () => {
    await written(merging);
    const capped = createSettingsReader({
      ...world.tools,
      engines: ['apply', 'argocd'],
      clusters: clusterMap,
      limits: { mode: 'observe' },
    });

    const found = await capped(world.repo, signal);

    expect(kept(found)).toEqual({ mode: 'observe', names: ['staging', 'prod'], problem: null });
    expect((await world.tools.settings(world.repo, signal)).settings.mode).toBe('enforce');
  });

  test('say which hold in place of a broken file', async () => {
    const sound = (await written(merging)).commit.slice(0, 7);

    expect((await written('mode: [')).problem).toMatch(new RegExp(`; those of ${sound} hold$`));
  });

  test('are read again only after a moment, and then anew', async () => {
    const before = await world.tools.settings(world.repo, signal);
    await world.push({ '.fairlead.yaml': 'version: 1\nmode: observe\n' });
    const same = await world.tools.settings(world.repo, signal);
    world.pass(1_001);

    expect(same).toBe(before);
    expect(kept(await world.tools.settings(world.repo, signal))).toEqual({ mode: 'observe', names: [], problem: null });
  });

  test('are the defaults without a file, and stay so when a broken one comes', async () => {
    expect(kept(await written(null))).toEqual({ mode: 'observe', names: [], problem: null });
    expect(kept(await written('mode: [')).mode).toBe('observe');
  });

  test('are the defaults when the newest is broken and the last sound commit is gone', async () => {
    await world.tools.store.heads.set(null, world.repo, ':settings', 'f'.repeat(40));
    const found = await written('mode: [[');

    const why = /not in force: .*; there are no earlier ones, so nothing is deployed, healed or reverted$/;
    expect(kept(found)).toEqual({ mode: 'observe', names: [], problem: expect.stringMatching(why) });
  });

  test('are told as a fault when the forge cannot be read, and asked for again', async () => {
    world.pass(1_001);
    world.stage.github.faults.add({ kind: 'not-found', method: 'GET', times: 1 });
    await expect(world.tools.settings(world.repo, signal)).rejects.toMatchObject({ kind: 'not-found' });

    expect(kept(await world.tools.settings(world.repo, signal)).mode).toBe('observe');
  });
});

describe('a server that was told of other clusters than before', () => {
  const named = merging.replace('prod:\n', 'prod:\n    clusters: [prod]\n');
  const renamed: ClusterMap = { ...clusterMap, byEnvironment: new Map([['prod', ['prod-eu']]]) };
  const told: string[] = [];
  afterEach(() => void told.splice(0));

  function restarted(): SettingsReader {
    const onProblem = (_: unknown, problem: string) => void told.push(problem);
    return createSettingsReader({ ...world.tools, engines: ['apply', 'argocd'], clusters: renamed, onProblem });
  }

  test('keeps the settings that were sound, and says which cluster it does not know', async () => {
    await written(named);

    const found = await restarted()(world.repo, signal);

    const why = /^the settings of [0-9a-f]{7} hold but for this: \.fairlead\.yaml:\d+:\d+ .*"prod" is no cluster/;
    expect(kept(found)).toEqual({ mode: 'enforce', names: ['staging', 'prod'], problem: expect.stringMatching(why) });
    expect(found.clusters.byEnvironment.get('prod')).toEqual(['prod']);
  });

  test('tells of it once for each commit', async () => {
    const reader = restarted();
    const first = await reader(world.repo, signal);
    world.pass(1_001);
    await reader(world.repo, signal);
    expect(told).toEqual([first.problem]);

    await world.push({ 'other.txt': 'x' });
    world.pass(1_001);
    await reader(world.repo, signal);

    expect(told).toHaveLength(2);
  });
});
