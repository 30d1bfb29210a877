import { describe, expect, test } from '@jest/globals';
import type { Mark } from '../../src/world/store/store.ts';
import { newDrift, newPlan, newRepo, type StageOf, web } from './store-fixtures.ts';

/** What stores remember of pulls, branches, environments and targets. */
export function describeMemory(stage: StageOf): void {
  describeMarks(stage);
  describePlans(stage);
  describeDrift(stage);
  describeSmallThings(stage);
}

function mark(change: Partial<Mark> = {}): Mark {
  return {
    kind: 'approve',
    subject: 'prod',
    head: 'a'.repeat(40),
    digests: { 'shop@prod@eu': 'd1' },
    by: 'mona',
    reason: 'looks good',
    at: '2026-03-01T12:00:00.000Z',
    ...change,
  };
}

function describeMarks(stage: StageOf): void {
  describe('marks', () => {
    test('are given back as they were said, oldest first, of that pull alone', async () => {
      const { store } = stage();
      const repo = newRepo();
      const later = mark({ by: 'hubot', at: '2026-03-01T13:00:00.000Z' });

      await store.pulls.mark(null, repo, 1, later);
      await store.pulls.mark(null, repo, 1, mark());
      await store.pulls.mark(null, repo, 2, mark({ kind: 'hold', subject: '' }));

      expect(await store.pulls.marks(repo, 1)).toEqual([mark(), later]);
      expect(await store.pulls.marks(newRepo(), 1)).toEqual([]);
    });

    test('with a NUL in what was said are kept, with another character in its place', async () => {
      const { store } = stage();
      const repo = newRepo();

      await store.pulls.mark(null, repo, 17, mark({ reason: 'left\0right' }));
      const { previous } = await store.audit.append(null, {
        actor: 'mo\0na',
        action: 'a',
        subject: 'left\0right',
        data: {},
      });

      expect(await store.pulls.marks(repo, 17)).toMatchObject([{ reason: 'left\uFFFDright' }]);
      expect(previous).toMatch(/^[0-9a-f]{64}$/);
      expect(await store.audit.verify()).toMatchObject({ broken: null });
    });

    test('of the same kind, subject and author replace the earlier one', async () => {
      const { store } = stage();
      const repo = newRepo();
      const newer = mark({ head: 'f'.repeat(40), digests: {}, reason: 'again', at: '2026-03-02T12:00:00.000Z' });

      await store.pulls.mark(null, repo, 1, mark());
      await store.pulls.mark(null, repo, 1, newer);

      expect(await store.pulls.marks(repo, 1)).toEqual([newer]);
    });

    test('are taken away by kind and subject, whoever said them', async () => {
      const { store } = stage();
      const repo = newRepo();
      const other = mark({ subject: 'staging' });
      for (const one of [mark(), mark({ by: 'hubot' }), other]) await store.pulls.mark(null, repo, 1, one);

      const first = await store.pulls.unmark(null, repo, 1, 'approve', 'prod');
      const second = await store.pulls.unmark(null, repo, 1, 'approve', 'prod');

      expect([first, second]).toEqual([true, false]);
      expect(await store.pulls.marks(repo, 1)).toEqual([other]);
    });
  });

  describe('the last review of a pull', () => {
    test('is remembered, and the newest replaces the one before', async () => {
      const { store } = stage();
      const repo = newRepo();

      const before = await store.pulls.last(repo, 1);
      await store.pulls.remember(repo, 1, { base: 'b1', head: 'h1', inputs: ['x', 'y'] });
      await store.pulls.remember(repo, 1, { base: 'b2', head: 'h2', inputs: [] });

      expect(before).toBeNull();
      expect(await store.pulls.last(repo, 1)).toEqual({ base: 'b2', head: 'h2', inputs: [] });
    });
  });
}

function describePlans(stage: StageOf): void {
  describe('plans', () => {
    test('are given back whole, integers beyond 2^53 included', async () => {
      const { store } = stage();
      const plan = newPlan();

      await store.plans.save(null, plan);

      expect(await store.plans.of(plan.repo, 17, plan.head)).toEqual(plan);
    });

    test('without a head, that of the head reviewed last is given', async () => {
      const { store } = stage();
      const repo = newRepo();
      for (const head of ['h1', 'h2', 'h1'])
        await store.plans.save(null, newPlan({ repo, head, base: `under-${head}` }));

      expect(await store.plans.of(repo, 17, null)).toMatchObject({ head: 'h1' });
      expect(await store.plans.of(repo, 17, 'h2')).toMatchObject({ base: 'under-h2' });
      expect(await store.plans.of(repo, 17, 'h3')).toBeNull();
      expect(await store.plans.of(repo, 18, null)).toBeNull();
    });

    test('of the same head replace each other', async () => {
      const { store } = stage();
      const plan = newPlan();
      await store.plans.save(null, plan);

      await store.plans.save(null, { ...plan, base: 'moved' });

      expect(await store.plans.of(plan.repo, 17, plan.head)).toMatchObject({ base: 'moved' });
    });

    test('tell which other pulls change a target, by the newest plan of each, until they are left', async () => {
      const { store } = stage();
      const repo = newRepo();
      const changing = (pull: number, head: string, ...names: readonly string[]) => {
        const { targets } = newPlan();
        const changed = targets.flatMap((target) =>
          names.map((id) => ({ ...target, id, changes: target.changes.map((change) => ({ ...change, target: id })) })),
        );
        return store.plans.save(null, newPlan({ repo, pull, head, targets: changed }));
      };
      await changing(1, 'h1', 'web@eu', 'db@eu');
      await changing(2, 'h2', 'db@eu');
      await changing(2, 'h3', 'web@eu');
      await changing(3, 'h4', 'web@eu');
      await store.plans.save(null, newPlan({ pull: 4 }));

      const changed = ['apps/Deployment/shop/web'];
      expect(await store.plans.touching(repo, ['web@eu', 'db@eu'], 3)).toEqual([
        { pull: 2, head: 'h3', target: 'web@eu', changed },
        { pull: 1, head: 'h1', target: 'db@eu', changed },
        { pull: 1, head: 'h1', target: 'web@eu', changed },
      ]);
      await store.plans.leave(repo, 1);
      expect(await store.plans.touching(repo, ['web@eu', 'db@eu'], 3)).toHaveLength(1);
      expect(await store.plans.of(repo, 1, 'h1')).not.toBeNull();
    });
  });
}

function describeDrift(stage: StageOf): void {
  describe('drift', () => {
    test('is given back as it was saved; saved again, only when it was first seen stays', async () => {
      const { store } = stage();
      const drift = newDrift();
      const again = {
        ...drift,
        live: '7',
        firstSeen: '2026-03-05T12:00:00.000Z',
        lastSeen: '2026-03-05T12:00:00.000Z',
      };

      await store.drift.save(null, drift);
      expect(await store.drift.get(drift.id)).toEqual(drift);
      await store.drift.save(null, again);

      expect(await store.drift.get(drift.id)).toEqual({ ...again, firstSeen: drift.firstSeen });
      expect(await store.drift.get('d-none')).toBeNull();
    });

    test('that is over and comes back was first seen when it came back', async () => {
      const { store } = stage();
      const drift = newDrift();
      const over = { ...drift, resolvedAt: '2026-03-05T12:00:00.000Z', resolution: 'gone' } as const;
      const back = { ...drift, firstSeen: '2026-03-06T12:00:00.000Z', lastSeen: '2026-03-06T12:00:00.000Z' };

      for (const row of [drift, over]) await store.drift.save(null, row);
      expect(await store.drift.get(drift.id)).toEqual(over);
      await store.drift.save(null, back);

      expect(await store.drift.get(drift.id)).toEqual(back);
    });

    test('is found newest first by repository, target and environment, open or all', async () => {
      const { store } = stage();
      const repo = newRepo();
      const old = newDrift({ repo });
      const fresh = newDrift({ repo, target: 'web@prod@eu', firstSeen: '2026-03-02T12:00:00.000Z' });
      const healed = newDrift({
        repo,
        environment: 'staging',
        resolvedAt: '2026-03-01T13:00:00.000Z',
        resolution: 'healed',
      });
      for (const drift of [old, fresh, healed]) await store.drift.save(null, drift);
      const ids = async (query: Parameters<typeof store.drift.find>[0]) =>
        (await store.drift.find({ repo, ...query })).map(({ id }) => id);

      expect(await ids({ open: true })).toEqual([fresh.id, old.id]);
      expect(await ids({})).toEqual([fresh.id, old.id, healed.id]);
      expect(await ids({ target: 'web@prod@eu' })).toEqual([fresh.id]);
      expect(await ids({ environment: 'staging' })).toEqual([healed.id]);
    });
  });
}

function describeSmallThings(stage: StageOf): void {
  test('the head of a branch is kept by repository and branch, whatever the repository is called now', async () => {
    const { store } = stage();
    const repo = newRepo();

    await store.heads.set(null, repo, 'main', 'one');
    await store.heads.set(null, { ...repo, fullName: 'acme/renamed' }, 'main', 'two');

    expect(await store.heads.get(repo, 'main')).toBe('two');
    expect(await store.heads.get(repo, 'next')).toBeNull();
    expect(await store.heads.get({ ...repo, forge: 'gitlab' }, 'main')).toBeNull();
  });

  test('a pause is of an environment or of everything, and each is cleared alone', async () => {
    const { store } = stage();
    const repo = newRepo();
    const pause = (environment: string | null, reason: string) => ({
      repo,
      environment,
      by: 'mona',
      reason,
      at: '2026-03-01T12:00:00.000Z',
    });
    await store.pauses.set(null, pause('prod', 'audit'));
    await store.pauses.set(null, pause(null, 'holidays'));
    await store.pauses.set(null, pause('prod', 'longer audit'));

    expect(await store.pauses.list(repo)).toEqual([pause(null, 'holidays'), pause('prod', 'longer audit')]);
    expect(await store.pauses.clear(null, repo, null)).toBe(true);
    expect(await store.pauses.clear(null, repo, null)).toBe(false);
    expect(await store.pauses.list(repo)).toEqual([pause('prod', 'longer audit')]);
  });

  test('the inventory of a target is replaced as a whole, and empty at first', async () => {
    const { store } = stage();
    const repo = newRepo();

    const before = await store.inventories.get('shop@prod@eu', repo);
    await store.inventories.set(null, 'shop@prod@eu', repo, [{ resource: web, uid: null }]);
    await store.inventories.set(null, 'shop@prod@eu', repo, [{ resource: web, uid: 'u-1' }]);

    expect(before).toEqual([]);
    expect(await store.inventories.get('shop@prod@eu', repo)).toEqual([{ resource: web, uid: 'u-1' }]);
    expect(await store.inventories.get('shop@prod@eu', newRepo())).toEqual([]);
  });
}
