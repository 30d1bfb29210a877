import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Element, fitElements } from '../../../src/gitops/report/budget.ts';

interface Form {
  readonly text: string;
}

const form = (length: number): Form => ({ text: 'x'.repeat(length) });
const elements = fc.array(
  fc.tuple(fc.integer({ min: 1, max: 40 }), fc.nat(60), fc.nat(300), fc.nat(3)).map(
    ([line, more, most, group]): Element<Form> => ({
      line: form(line),
      fields: () => form(line + more),
      full: () => form(line + more + most),
      ...(group === 0 ? {} : { group: { id: `group ${group}`, cost: 10 * group } }),
    }),
  ),
  { maxLength: 60 },
);

/** What the chosen forms cost, each with its gap, and each group that is open once. */
function costOf(all: readonly Element<Form>[], shown: readonly (Form | null)[]): number {
  const open = new Map(
    all.flatMap(({ group }, index) => (group === undefined || shown[index] === null ? [] : [[group.id, group.cost]])),
  );
  const texts = shown.flatMap((chosen) => (chosen === null ? [] : [chosen.text.length + 2]));
  return [...texts, ...[...open.values()].map((cost) => cost + 2)].reduce((sum, cost) => sum + cost, 0);
}

describe('fitting elements', () => {
  test('never costs more than the budget, and tells exactly what is left', () => {
    fc.assert(
      fc.property(elements, fc.nat(3_000), (all, budget) => {
        const { shown, left } = fitElements(all, budget);

        expect(left).toBeGreaterThanOrEqual(0);
        expect(costOf(all, shown)).toBe(budget - left);
      }),
      { numRuns: 1_000 },
    );
  });

  test('gives each its line before any gets more, then full or fields to the first it has room for', () => {
    const [big, small] = [
      { line: form(10), fields: () => form(40), full: () => form(500) },
      { line: form(10), fields: () => form(20), full: () => form(60) },
    ];
    const lengths = (budget: number): readonly (number | undefined)[] =>
      fitElements([big, small], budget).shown.map((chosen) => chosen?.text.length);

    expect(lengths(11)).toEqual([undefined, undefined]);
    expect(lengths(12)).toEqual([10, undefined]);
    expect(lengths(24)).toEqual([10, 10]);
    expect(lengths(54)).toEqual([40, 10]);
    expect(lengths(104)).toEqual([40, 60]);
    expect(lengths(600)).toEqual([500, 60]);
  });

  test('asks for no costly form that is known to have no room', () => {
    const costly: Element<Form> = {
      line: form(10),
      least: 200,
      full: () => {
        throw new Error('made in vain');
      },
    };

    expect(fitElements([costly], 150).shown).toEqual([form(10)]);
  });
});
