import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type RevertView, revertBody, revertTitle } from '../../../src/gitops/report/revert.ts';
import { hostileDeployment, hostileEvidence, hostileText, soak } from '../../support/deployments.ts';
import { expectGolden } from '../../support/golden.ts';
import { faultsOf, topTypes } from '../../support/markdown-shape.ts';
import { crash, effect, failed, restores } from './told.ts';

const view: RevertView = {
  deployment: failed,
  pulls: [{ number: 482, title: 'Checkout 3.0.0' }],
  commits: ['ab12cd3'.padEnd(40, '0')],
  how: 'paths',
  files: ['apps/checkout/overlays/prod/kustomization.yaml'],
  restores,
  effect,
  goodCommit: '51ab7d0'.padEnd(40, '0'),
  evidence: [crash],
};
const options = { limit: 60_000, pullUrl: (pull: number) => `https://forge.example/acme/shop/pull/${pull}` };

describe('a revert pull', () => {
  test('is titled with environment, application, commit and cause', () => {
    expect(revertTitle(view)).toBe('revert(prod): apps/checkout back to 51ab7d0 (failed deploy D-17 of pull 482)');
  });

  test('reads as the golden file', () => {
    const text = revertBody(view, options);

    expectGolden('revert.md', text);
    expect(topTypes(text).slice(0, 4)).toEqual(['paragraph', 'table', 'paragraph', 'list']);
  });

  test('warns of what going back does not undo', () => {
    const text = revertBody(view, options);

    expect(text).toMatch(/⚠️ `Job shop\/checkout-migrate`: removed by this revert/);
    expect(text).toMatch(/⚠️ `Job shop\/checkout-migrate`: what it did .* \*not\* undone/);
    expect(revertBody({ ...view, restores: restores.slice(0, 1) }, options)).toContain('✅ no Job');
  });

  test('says that its effect is unknown when it is', () => {
    expect(revertBody({ ...view, effect: null }, options)).toContain('❔ its effect on the cluster');
  });

  test('says how to reject it, and that a hold stops no merge', () => {
    const text = revertBody(view, options);

    expect(text).toMatch(/\*\*Not wanted\?\*\* Close this pull/);
    expect(text).toContain('`/fairlead hold` here does not stop the merge, only the deploy after it');
  });

  test('holds its limit and its form whatever the names are', () => {
    fc.assert(
      fc.property(
        hostileDeployment,
        fc.array(fc.record({ number: fc.nat(999), title: hostileText }), { maxLength: 20 }),
        fc.array(hostileEvidence, { maxLength: 4 }),
        fc.array(hostileText, { maxLength: 30 }),
        fc.integer({ min: 2_000, max: 60_000 }),
        (deployment, pulls, evidence, files, limit) => {
          const hostile = { ...view, deployment, pulls, evidence, files };

          expect(faultsOf(revertBody(hostile, { ...options, limit }), limit)).toEqual([]);
          expect(revertTitle(hostile)).toMatch(/^revert\([^\n@#!]*$/);
          expect(revertTitle(hostile).length).toBeLessThanOrEqual(250);
        },
      ),
      { numRuns: 60 * soak },
    );
  });
});
