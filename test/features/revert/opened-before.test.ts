import { describe, expect, test } from '@jest/globals';
import { tellPull } from '../../../src/features/deploy/tell.ts';
import { tellReverted } from '../../../src/features/revert/ended.ts';
import type { ClusterMap } from '../../../src/model/cluster-map.ts';
import type { Deployment } from '../../../src/model/deployment.ts';
import { tellJob } from '../../../src/model/queued.ts';
import { deploymentOf } from '../../support/deployments.ts';
import { manifest, signal, type World } from '../world.ts';
import { contentOf, failed, failedAgain, file, noteOf, other, revert, reverts } from './failed.ts';

const main = 'refs/heads/main';

describe('the pull of a failed merge', () => {
  const change = { files: { [file]: manifest('web', '2') } };
  const numberOf = (world: World, index: number) => reverts(world)[index]?.number;
  const pullOf = async ({ tools }: World, id: string | undefined) =>
    (await tools.store.deployments.get(id ?? ''))?.revertPull;

  test('is that of the same commit deployed once more too, while it is open', async () => {
    const { world, deployments } = await failed([change]);
    await revert(world, deployments[0]?.id);
    const again = await failedAgain(world, deployments[0], 'failed');

    await revert(world, again);

    expect(reverts(world)).toHaveLength(1);
    expect(await pullOf(world, again)).toBe(numberOf(world, 0));
  });

  test('is the only one, though only a part of the merge can be taken back by now', async () => {
    const clusters: ClusterMap = { mode: 'live', bare: null, byEnvironment: new Map([['prod', ['eu', 'us']]]) };
    const { world, deployments } = await failed(
      [{ files: { ...change.files, [other]: manifest('db', '2') } }],
      clusters,
    );
    const [first, second] = deployments.filter(({ application }) => application === 'apps/web');
    await revert(world, first?.id);
    await world.push({ [other]: manifest('db', '3') });

    await revert(world, second?.id);

    expect(reverts(world)).toHaveLength(1);
    expect(await pullOf(world, second?.id)).toBe(numberOf(world, 0));
  });

  test('is opened again when a person had closed it and a person asks, never unasked', async () => {
    const { world, deployments } = await failed([change]);
    await revert(world, deployments[0]?.id);
    await world.stage.repo.closePull(numberOf(world, 0) ?? 0);
    const again = await failedAgain(world, deployments[0], 'failed');

    await revert(world, again);
    const unasked = await noteOf(world, again);
    await revert(world, again, 'ann');
    await revert(world, again, 'ann');

    expect(unasked).toMatch(/^#\d+ took it back and was closed; `\/fairlead revert prod` opens another\.$/);
    expect(reverts(world).map(({ state }) => state)).toEqual(['closed', 'open']);
    expect(await pullOf(world, again)).toBe(numberOf(world, 1));
    expect(await contentOf(world, reverts(world)[1]?.headRef ?? '', file)).toBe(manifest('web', '1'));
  });

  test('is opened again as often as it is closed and asked for, of the same deployment too', async () => {
    const { world, deployments } = await failed([change]);
    const id = deployments[0]?.id;
    await revert(world, id);

    for (const index of [0, 1]) {
      await world.stage.repo.closePull(numberOf(world, index) ?? 0);
      await revert(world, id);
      await revert(world, id, 'ann');
    }

    expect(reverts(world).map(({ state }) => state)).toEqual(['closed', 'closed', 'open']);
    expect(await pullOf(world, id)).toBe(numberOf(world, 2));
  });

  test('is told as it stands, again when it ends', async () => {
    const { world, deployments } = await failed([change]);
    const [first] = deployments;
    const [pull = 0] = first?.pulls ?? [];
    const { tools, repo, stage, added } = world;
    const tell = async () => {
      await tellPull({ repo, pull }, tools, signal);
      return stage.repo.comments(pull).find(({ body }) => body.includes('First cause'))?.body ?? '';
    };
    await revert(world, first?.id);
    const number = numberOf(world, 0) ?? 0;
    const open = await tell();
    await stage.repo.closePull(number);
    added.length = 0;

    await tellReverted({ repo, pull: number }, tools);
    await tellReverted({ repo, pull }, tools);

    expect(added.map(({ key }) => key)).toEqual([tellJob(repo, pull).key]);
    expect(open).toMatch(/revert pull \d+\S* is open/);
    expect(await tell()).toMatch(/revert pull \d+\S* was closed/);
  });

  test('is closed once later deployments that hold the merge are healthy wherever it had failed', async () => {
    const clusters: ClusterMap = { mode: 'live', bare: null, byEnvironment: new Map([['prod', ['eu', 'us']]]) };
    const { world, deployments } = await failed([change], clusters);
    const { store } = world.tools;
    const healthy = async (one: Deployment | undefined, commit: string): Promise<void> => {
      const { id: _, ...more } = deploymentOf({ ...one, id: '', commit, state: 'healthy' });
      await store.deployments.create(null, more);
      for (const { id } of deployments) await revert(world, id);
    };
    const seen: (string | undefined)[] = [];
    for (const { id } of deployments) await revert(world, id);
    const [eu, us] = deployments;
    const fixed = await world.push({ [file]: manifest('web', '3') });
    await (await world.tools.mirror(world.repo)).fetch(
      { ...(await world.stage.port.gitRemote()), refs: [main] },
      signal,
    );

    await healthy(eu, fixed);
    seen.push(reverts(world)[0]?.state);
    await healthy(us, deploymentOf({ id: '' }).commit);
    seen.push(reverts(world)[0]?.state);
    await healthy(us, fixed);
    seen.push(reverts(world)[0]?.state);

    expect(seen).toEqual(['open', 'open', 'closed']);
    const [said] = world.stage.repo.comments(numberOf(world, 0) ?? 0).map(({ body }) => body);
    expect(said).toMatch(/Not needed any more: .*`apps\/web` .* is healthy with/);
  });

  test('that was closed before its opening was known is not taken for open', async () => {
    const { world, deployments } = await failed([change]);
    const id = deployments[0]?.id;
    world.stage.github.faults.add({ kind: 'bad-gateway-after-commit', method: 'POST', path: /\/pulls$/ });
    await expect(revert(world, id)).rejects.toMatchObject({ kind: 'unavailable' });
    await world.stage.repo.closePull(numberOf(world, 0) ?? 0);

    await revert(world, id);

    expect(await pullOf(world, id)).toBeNull();
    expect(await noteOf(world, id)).toMatch(/was closed/);
  });
});
