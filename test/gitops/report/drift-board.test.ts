import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { adoptBody, adoptTitle } from '../../../src/gitops/report/adopt.ts';
import { type BoardView, checkedAtPattern, driftBoard } from '../../../src/gitops/report/drift-board.ts';
import { driftOf, hostileDrift, hostileText, soak } from '../../support/deployments.ts';
import { expectGolden } from '../../support/golden.ts';
import { faultsOf, topTypes } from '../../support/markdown-shape.ts';
import { brokenSettings } from './told.ts';

const options = { limit: 60_000 };
const service = { group: '', version: 'v1', kind: 'Service', namespace: 'shop', name: 'orders' };
const drifts = [
  driftOf({ id: 'd-3f9a12' }),
  driftOf({ id: 'd-aa0001', resource: service, path: '', git: 'Service', live: null, owner: null }),
  driftOf({
    id: 'd-0b0b0b',
    application: 'apps/checkout',
    path: 'spec.paused',
    git: null,
    live: 'true',
    adoptPull: 490,
  }),
];
const place = { application: 'apps/orders', environment: 'prod', cluster: 'prod-eu' };
const view: BoardView = {
  repository: 'acme/shop',
  targets: [
    { ...place, target: 'apps/orders@prod:prod-eu', state: 'drifted', reason: null },
    {
      ...place,
      target: 'apps/orders@staging:stg-eu',
      environment: 'staging',
      cluster: 'stg-eu',
      state: 'in-sync',
      reason: null,
    },
    {
      ...place,
      target: 'apps/orders@prod:prod-us',
      cluster: 'prod-us',
      state: 'unreachable',
      reason: 'prod-us did not answer within 10 s',
    },
    {
      ...place,
      target: 'apps/cart@prod:prod-eu',
      application: 'apps/cart',
      state: 'unwatched',
      reason: 'nothing was deployed yet',
    },
  ],
  drifts,
  pauses: [{ environment: 'prod', by: 'anna', reason: 'quarter end' }],
  problem: null,
  checkedAt: '2026-11-22T14:20:00.000Z',
};

describe('the drift board', () => {
  test('reads as the golden file: how much, a table per application, then pauses and what is not read', () => {
    const { title, body } = driftBoard(view, options);

    expectGolden('drift-board.md', `${title}\n\n${body}`);
    expect(title).toBe('Fairlead: drift of acme/shop');
    expect(topTypes(body).slice(0, 5)).toEqual(['paragraph', 'heading', 'table', 'heading', 'table']);
  });

  test('names the exact commands of every row, or the pull that adopts it', () => {
    const { body } = driftBoard(view, options);

    expect(body).toContain('`/fairlead heal d-3f9a12` · `/fairlead adopt d-3f9a12`');
    expect(body).toContain('`/fairlead heal d-0b0b0b` · pull 490 adopts it');
  });

  test('says under its first line that the newest settings are not in force', () => {
    const { body } = driftBoard({ ...view, problem: brokenSettings }, options);

    expect(body.split('\n')[2]).toMatch(/^⚠️ \*\*Settings:\*\* the settings of ab12cd3 are not in force: /);
    expect(faultsOf(body, 60_000)).toEqual([]);
  });

  test('is green only when every target was read', () => {
    const inSync = view.targets.filter(({ state }) => state === 'in-sync');
    const first = (targets: BoardView['targets']): string =>
      driftBoard({ ...view, targets, drifts: [], pauses: [] }, options).body.split('\n')[0] ?? '';

    expect(first(inSync)).toBe('🟢 **No drift seen in 1 target**');
    expect(first(view.targets)).toBe('❔ **No drift seen in 1 target** · 1 not reachable · 1 not watched');
    expect(first([])).toMatch(/^❔/);
  });

  test('differs only in its time when only that differs', () => {
    const [one, other] = [view, { ...view, checkedAt: '2026-11-23T00:00:00.000Z' }].map(
      (at) => driftBoard(at, options).body,
    );

    expect(one).not.toBe(other);
    expect(one?.replace(checkedAtPattern, '')).toBe(other?.replace(checkedAtPattern, ''));
  });

  test('is the same in whatever order rows and targets come', () => {
    const turned = { ...view, drifts: drifts.toReversed(), targets: view.targets.toReversed() };

    expect(driftBoard(turned, options)).toEqual(driftBoard(view, options));
  });

  test('counts the applications that have no room', () => {
    const many = Array.from({ length: 60 }, (_, index) => driftOf({ id: `d-${index}`, application: `apps/a${index}` }));

    const { body } = driftBoard({ ...view, drifts: many }, { limit: 5_000 });

    const shown = body.split('\n').filter((line) => line.startsWith('### ') && line.includes('apps/a')).length;
    expect(body).toContain(`… ${60 - shown} more applications with drift`);
    expect(body.length).toBeLessThanOrEqual(5_000);
  });

  test('holds its limit and its form whatever the names are', () => {
    fc.assert(
      fc.property(
        fc.array(hostileDrift, { maxLength: 30 }),
        fc.array(hostileText, { maxLength: 10 }),
        fc.integer({ min: 2_000, max: 60_000 }),
        (rows, words, limit) => {
          const targets = words.map((word) => ({
            ...place,
            target: word,
            cluster: word,
            state: 'unreachable' as const,
            reason: word,
          }));
          const pauses = words.map((word) => ({ environment: word, by: word, reason: word }));
          const { title, body } = driftBoard(
            { ...view, repository: words[0] ?? '', targets, drifts: rows, pauses },
            { limit },
          );

          expect(faultsOf(body, limit)).toEqual([]);
          expect(title).not.toMatch(/[@#!\n]/);
          expect(faultsOf(adoptBody({ drift: rows, files: words }, { limit }), limit)).toEqual([]);
        },
      ),
      { numRuns: 60 * soak },
    );
  });
});

describe('an adopt pull', () => {
  test('says what becomes the word of Git, in which files, and how to reject it', () => {
    const text = adoptBody({ drift: drifts.slice(0, 1), files: ['apps/orders/prod/patch.yaml'] }, options);

    expect(adoptTitle({ drift: drifts.slice(0, 1), files: [] })).toBe('Adopt live value: apps/orders in prod');
    expect(text.split('\n')[0]).toBe(
      '**Writes 1 live value of `prod` · `apps/orders` into Git.** Merging it changes nothing in the cluster.',
    );
    expect(text).toContain('`apps/orders/prod/patch.yaml`');
    expect(text).toMatch(/Close this pull.*`\/fairlead heal d-3f9a12`/);
  });
});
