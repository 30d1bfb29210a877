import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { acceptCommit } from '../../../src/gitops/plan/accept.ts';
import type { PlanTarget } from '../../../src/model/plan.ts';
import type { ResourceId } from '../../../src/model/resource.ts';
import { resourceKey } from '../../../src/model/resource.ts';
import type { Takeover } from '../../../src/model/takeover.ts';

type Sides = Readonly<Record<string, readonly [base: string | null, head: string | null]>>;

const idOf = (name: string): ResourceId => ({ group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name });
const keyOf = (name: string): string => resourceKey(idOf(name));

const taken = (key: string): Takeover => ({ key, fields: [{ field: '.data.a', owner: 'helm' }] });

function plan(sides: Sides, takeovers: PlanTarget['takeovers'] = []): PlanTarget {
  const objects = Object.entries(sides).map(([name, [base, head]]) => [keyOf(name), { base, head }] as const);
  const gone = Object.entries(sides).filter(([, [, head]]) => head === null);
  return {
    ...{ id: 't', application: 'a', environment: 'prod', cluster: 'prod', digest: 'd', changes: [], takeovers },
    objects: Object.fromEntries(objects),
    deletes: gone.map(([name]) => idOf(name)),
  };
}

const wanted = (digests: Readonly<Record<string, string>>) =>
  new Map(Object.entries(digests).map(([name, digest]) => [keyOf(name), digest] as const));

describe('a commit', () => {
  test('is accepted with exactly what its plan deletes and takes over', () => {
    const shown = plan({ web: ['1', '2'], old: ['1', null] }, [taken('b'), taken('a')]);

    expect(acceptCommit({ wanted: wanted({ web: '2' }), plans: [shown] })).toEqual({
      kind: 'accepted',
      deletes: [idOf('old')],
      takeovers: [taken('a'), taken('b')],
    });
  });

  test('with the change of another reviewed pull is no surprise', () => {
    const [first, second] = [plan({ web: ['1', '2'], db: ['1', '1'] }), plan({ web: ['1', '1'], db: ['1', '2'] })];

    expect(acceptCommit({ wanted: wanted({ web: '2', db: '2' }), plans: [first, second] }).kind).toBe('accepted');
  });

  test('with the change of a pull that was deployed before is no surprise, but allows nothing of it', () => {
    const before = plan({ web: ['1', '2'], old: ['1', null] }, [taken('stolen')]);
    const stale = plan({ web: ['1', '1'], old: ['1', '1'], db: ['1', '2'] });

    expect(acceptCommit({ wanted: wanted({ web: '2', db: '2' }), plans: [stale], earlier: [before] })).toEqual({
      kind: 'accepted',
      deletes: [],
      takeovers: [],
    });
  });

  test.each<readonly [string, Readonly<Record<string, string>>, readonly string[]]>([
    ['an object that nobody showed so', { web: '3' }, ['web']],
    ['an object that nobody showed at all', { web: '2', extra: '1' }, ['extra']],
    ['an object that is gone though nobody deleted it', {}, ['web']],
  ])('is not accepted with %s', (_, has, named) => {
    expect(acceptCommit({ wanted: wanted(has), plans: [plan({ web: ['1', '2'] })] })).toEqual({
      kind: 'differs',
      objects: named.map(keyOf),
    });
  });

  test('does not delete what a later pull brought back', () => {
    const [first, second] = [plan({ web: ['1', null] }), plan({ web: [null, '3'] })];

    expect(acceptCommit({ wanted: wanted({ web: '3' }), plans: [first, second] })).toMatchObject({ deletes: [] });
  });

  test('without any plan is accepted only when it is empty', () => {
    expect(acceptCommit({ wanted: wanted({ web: '1' }), plans: [] })).toEqual({
      kind: 'differs',
      objects: [keyOf('web')],
    });
  });
});

const name = fc.constantFrom('a', 'b', 'c', 'd');
const digest = fc.constantFrom('1', '2', '3');
const maybe = fc.option(digest);
const anyPlan = fc.dictionary(name, fc.tuple(maybe, maybe), { maxKeys: 4 }).map((sides) => plan(sides));
const anyWanted = fc.dictionary(name, digest, { maxKeys: 4 }).map(wanted);

describe('whatever is wanted and shown', () => {
  test('an object that equals no base and no head is named, and no other that is wanted', () => {
    fc.assert(
      fc.property(anyWanted, fc.array(anyPlan, { maxLength: 3 }), (want, plans) => {
        const strange = [...want].filter(
          ([key, value]) => !plans.some(({ objects }) => [objects[key]?.base, objects[key]?.head].includes(value)),
        );
        const found = acceptCommit({ wanted: want, plans });
        const named = found.kind === 'differs' ? found.objects.filter((key) => want.has(key)) : [];

        expect(named).toEqual(strange.map(([key]) => key).sort());
      }),
    );
  });

  test('only what a plan deletes and the commit does not want is deleted', () => {
    fc.assert(
      fc.property(
        anyWanted,
        fc.array(anyPlan, { maxLength: 3 }),
        fc.array(anyPlan, { maxLength: 2 }),
        (want, plans, earlier) => {
          const found = acceptCommit({ wanted: want, plans, earlier });
          const deletes = found.kind === 'accepted' ? found.deletes.map(resourceKey) : [];
          const shown = new Set(plans.flatMap((one) => one.deletes.map(resourceKey)));

          expect(deletes.filter((key) => !shown.has(key) || want.has(key))).toEqual([]);
        },
      ),
    );
  });
});
