import { describe, expect, test } from '@jest/globals';
import type { DeploymentQuery } from '../../src/world/store/store.ts';
import { newDeployment, newRepo, type StageOf } from './store-fixtures.ts';

export function describeDeployments(stage: StageOf): void {
  describe('deployments', () => {
    test('get ids that count up, and are given back whole', async () => {
      const { store } = stage();
      const wanted = newDeployment();

      const first = await store.deployments.create(null, wanted);
      const second = await store.deployments.create(null, newDeployment());

      expect(first).toEqual({ ...wanted, id: expect.stringMatching(/^D-[1-9][0-9]*$/) });
      expect(Number(second.id.slice(2))).toBe(Number(first.id.slice(2)) + 1);
      expect(await store.deployments.get(first.id)).toEqual(first);
    });

    test('an unknown or ill-formed id is null', async () => {
      const { store } = stage();

      for (const id of ['D-999999', 'D-0', 'D-1x', '1', '', 'D--1']) {
        expect(await store.deployments.get(id)).toBeNull();
        expect(await store.deployments.update(null, id, { reason: 'x' })).toBe(false);
      }
    });

    test('one of the same repository, target, commit and trigger is given back while it has not ended', async () => {
      const { store } = stage();
      const wanted = newDeployment();
      const first = await store.deployments.create(null, wanted);

      const again = await store.deployments.create(null, { ...wanted, actor: 'hubot' });
      const elsewhere = await store.deployments.create(null, { ...wanted, target: 'shop@prod@us' });
      const byCommand = await store.deployments.create(null, { ...wanted, trigger: 'command' });
      await store.deployments.update(null, first.id, { state: 'unknown' });
      const whileUnknown = await store.deployments.create(null, wanted);
      await store.deployments.update(null, first.id, { state: 'healthy' });
      const afterwards = await store.deployments.create(null, wanted);

      expect(again).toEqual(first);
      expect(whileUnknown.id).toBe(first.id);
      expect(new Set([first.id, elsewhere.id, byCommand.id, afterwards.id]).size).toBe(4);
    });

    test('of the same wish made at the same time there is one', async () => {
      const { store } = stage();
      const wanted = newDeployment();

      const made = await Promise.all(Array.from({ length: 10 }, () => store.deployments.create(null, wanted)));

      expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    });

    test('are updated field by field', async () => {
      const { store } = stage();
      const made = await store.deployments.create(null, newDeployment());
      const change = {
        state: 'applying',
        journal: { step: 2 },
        pulls: [17, 18],
        appliedAt: '2026-03-01T12:01:00.000Z',
      } as const;

      const isMoved = await store.deployments.update(null, made.id, change);

      expect(isMoved).toBe(true);
      expect(await store.deployments.get(made.id)).toEqual({ ...made, ...change });
    });

    test('with `from`, only the first of two movers wins', async () => {
      const { store } = stage();
      const made = await store.deployments.create(null, newDeployment());
      const move = (reason: string) =>
        store.deployments.update(null, made.id, { state: 'applying', reason }, ['accepted', 'waiting']);

      const moved = await Promise.all([move('one'), move('two')]);

      expect(moved).toEqual([true, false]);
      expect(await store.deployments.get(made.id)).toMatchObject({ state: 'applying', reason: 'one' });
    });

    test('made in a transaction that fails are not there', async () => {
      const { store } = stage();
      const wanted = newDeployment();

      const failing = store.transaction(async (tx) => {
        await store.deployments.create(tx, wanted);
        throw new Error('rolled back');
      });

      await expect(failing).rejects.toThrow('rolled back');
      expect(await store.deployments.find({ repo: wanted.repo })).toEqual([]);
    });

    test('are found newest first by each of what is asked, and by all of it together', async () => {
      const { store } = stage();
      const repo = newRepo();
      const old = await store.deployments.create(null, newDeployment({ repo, pulls: [1], state: 'healthy' }));
      const other = newDeployment({ repo, target: 'web@dev@eu', application: 'web', environment: 'dev', commit: 'd2' });
      const mid = await store.deployments.create(null, { ...other, pulls: [1, 2] });
      const fresh = await store.deployments.create(null, newDeployment({ repo, commit: 'e3', pulls: [] }));
      const find = async (query: DeploymentQuery) =>
        (await store.deployments.find({ repo, ...query })).map(({ id }) => id);

      expect(await find({})).toEqual([fresh.id, mid.id, old.id]);
      expect(await find({ limit: 2 })).toEqual([fresh.id, mid.id]);
      expect(await find({ target: 'web@dev@eu' })).toEqual([mid.id]);
      expect(await find({ environment: 'prod' })).toEqual([fresh.id, old.id]);
      expect(await find({ application: 'web' })).toEqual([mid.id]);
      expect(await find({ pull: 1 })).toEqual([mid.id, old.id]);
      expect(await find({ commit: 'e3' })).toEqual([fresh.id]);
      expect(await find({ states: ['healthy', 'failed'] })).toEqual([old.id]);
      expect(await find({ states: [] })).toEqual([]);
      expect(await find({ environment: 'prod', pull: 1, states: ['healthy'] })).toEqual([old.id]);
      expect(await find({ environment: 'prod', pull: 2 })).toEqual([]);
    });

    test('are found by a pull that was added later', async () => {
      const { store } = stage();
      const made = await store.deployments.create(null, newDeployment({ pulls: [1] }));

      await store.deployments.update(null, made.id, { pulls: [2] });

      expect(await store.deployments.find({ repo: made.repo, pull: 1 })).toEqual([]);
      expect(await store.deployments.find({ repo: made.repo, pull: 2 })).toHaveLength(1);
    });
  });
}
