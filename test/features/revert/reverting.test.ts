import { describe, expect, test } from '@jest/globals';
import type { ClusterMap } from '../../../src/model/cluster-map.ts';
import type { FaultKind } from '../../../src/pretend/github/faults.ts';
import { manifest } from '../world.ts';
import { contentOf, failed, failedAgain, file, noteOf, other, revert, reverts } from './failed.ts';

describe('a failed merge', () => {
  test('is taken back whole by one pull, however often and in however many targets it failed', async () => {
    const clusters: ClusterMap = { mode: 'live', bare: null, byEnvironment: new Map([['prod', ['eu', 'us']]]) };
    const change = { files: { [file]: manifest('web', '2'), 'README.md': 'new\n' } };
    const { world, deployments } = await failed([change], clusters);
    const [first, second] = deployments;

    await Promise.allSettled([revert(world, first?.id), revert(world, second?.id)]);
    for (const { id } of deployments) await revert(world, id);
    await revert(world, first?.id);

    expect(deployments).toHaveLength(2);
    expect(reverts(world)).toHaveLength(1);
    const [pull] = reverts(world);
    expect(await contentOf(world, pull?.headRef ?? '', file)).toBe(manifest('web', '1'));
    expect(await contentOf(world, pull?.headRef ?? '', 'README.md')).toBeUndefined();
    const known = await world.tools.store.deployments.find({ repo: world.repo, states: ['failed'] });
    expect(known.map(({ revertPull }) => revertPull)).toEqual([pull?.number, pull?.number]);
  });

  test('finds its branch again when the pull could not be opened and the base has moved since', async () => {
    const { world, deployments } = await failed([{ files: { [file]: manifest('web', '2') } }]);
    const id = deployments[0]?.id;
    world.stage.github.faults.add({ kind: 'unavailable', method: 'POST', path: /\/pulls$/, times: 20 });
    await expect(revert(world, id)).rejects.toMatchObject({ kind: 'unavailable' });
    for (let left = 0; left < 20; left += 1) world.stage.github.faults.take('POST', '/repos/acme/gitops/pulls');
    await world.push({ 'README.md': 'moved\n' });

    await revert(world, id);

    expect(reverts(world)).toHaveLength(1);
    expect(await noteOf(world, id)).toBeNull();
  });

  test('finds its branch again when the answer was lost and the base has moved since', async () => {
    const { world, deployments } = await failed([{ files: { [file]: manifest('web', '2') } }]);
    const id = deployments[0]?.id;
    world.stage.github.faults.add({ kind: 'bad-gateway-after-commit', method: 'POST', path: /\/git\/refs$/ });
    await expect(revert(world, id)).rejects.toMatchObject({ kind: 'unavailable' });
    await world.push({ 'README.md': 'moved\n' });

    await revert(world, id);

    expect(await noteOf(world, id)).toBeNull();
    const [pull] = reverts(world);
    expect(await contentOf(world, pull?.headRef ?? '', file)).toBe(manifest('web', '1'));
    expect(await contentOf(world, pull?.headRef ?? '', 'README.md')).toBeUndefined();
  });

  test.each<readonly [FaultKind, number]>([
    ['forbidden', 0],
    ['conflict', 0],
    ['invalid', 0],
    ['bad-gateway-after-commit', 1],
  ])('answered with %s by the forge ends with %i pulls and a word about it', async (kind, expected) => {
    const { world, deployments } = await failed([{ files: { [file]: manifest('web', '2') } }]);
    const id = deployments[0]?.id;
    world.stage.github.faults.add({ kind, method: 'POST', path: /\/pulls$/ });

    await revert(world, id).catch(() => revert(world, id));

    expect(reverts(world)).toHaveLength(expected);
    expect((await noteOf(world, id)) ?? 'opened').toMatch(expected === 0 ? /^It could not be opened: / : /^opened$/);
  });

  test('that is a revert made by hand is not taken back, whatever its merge commit is called', async () => {
    const { world, deployments } = await failed([
      { files: { [file]: manifest('web', '0') }, title: 'Revert "Change"', head: 'revert-4-topic' },
    ]);
    await revert(world, deployments[0]?.id);

    expect(reverts(world)).toEqual([]);
    expect(await noteOf(world, deployments[0]?.id)).toMatch(/reverts are never reverted/);
  });

  test.each([
    `Revert "Change"\n\nThis reverts commit ${'a'.repeat(40)}.`,
    `fix(web): take it back\n\nThis reverts commit ${'a'.repeat(40)}.`,
  ])('whose only commit is a revert is not taken back, whatever its pull is called (%j)', async (message) => {
    const { world, deployments } = await failed([
      { files: { [file]: manifest('web', '0') }, title: 'Calm down', message },
    ]);
    await revert(world, deployments[0]?.id);

    expect(reverts(world)).toEqual([]);
    expect(await noteOf(world, deployments[0]?.id)).toMatch(/reverts are never reverted/);
  });

  test('that is undone already leaves nothing to open', async () => {
    const { world, deployments } = await failed([{ files: { [file]: manifest('web', '2') } }]);
    await world.push({ [file]: manifest('web', '1') });

    await revert(world, deployments[0]?.id);

    expect(reverts(world)).toEqual([]);
    expect(await noteOf(world, deployments[0]?.id)).toMatch(/undone already/);
  });

  test('that was healthy here before and fails once more is not taken back: Git did not change', async () => {
    const { world, deployments } = await failed([{ files: { [file]: manifest('web', '2') } }]);
    const again = await failedAgain(world, deployments[0], 'healthy');

    await revert(world, again);

    expect(reverts(world)).toEqual([]);
    expect(await noteOf(world, again)).toMatch(/^No merge since the last healthy commit/);
  });

  test('on which later changes stand goes back by the files of the application alone', async () => {
    const { world, deployments } = await failed([
      { files: { [file]: manifest('web', '2'), [other]: manifest('db', '2') } },
    ]);
    const id = deployments.find(({ application }) => application === 'apps/web')?.id;
    await world.push({ [other]: manifest('db', '3') });

    await revert(world, id);

    const [pull, ...more] = reverts(world);
    expect(more).toEqual([]);
    expect(pull?.headRef).toMatch(/-apps-web-prod$/);
    expect(await contentOf(world, pull?.headRef ?? '', file)).toBe(manifest('web', '1'));
    expect(await contentOf(world, pull?.headRef ?? '', other)).toBe(manifest('db', '3'));
  });

  test('on which later changes stand is left to people where nothing was healthy before', async () => {
    const { world, deployments } = await failed([{ files: { [other]: manifest('db', '2') } }]);
    await world.push({ [other]: manifest('db', '3') });

    await revert(world, deployments[0]?.id);

    expect(reverts(world)).toEqual([]);
    const told = /^#\d+ cannot be taken back by itself: later changes stand on it\. Revert it by hand\.$/;
    expect(await noteOf(world, deployments[0]?.id)).toMatch(told);
  });
});
