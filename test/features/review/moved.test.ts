import { describe, expect, test } from '@jest/globals';
import { followMoves } from '../../../src/features/review/moved.ts';
import type { RenderedTarget } from '../../../src/features/review/render-target.ts';
import type { Resource } from '../../../src/model/resource.ts';
import { gitPlace } from '../../../src/world/cluster/place.ts';

function resource(name: string, value = 'a'): Resource {
  const id = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name };
  return { id, object: { data: { value } }, source: null, lines: new Map(), random: [] };
}

type Sides = Pick<RenderedTarget, 'base' | 'head'>;

function target(
  application: string,
  sides: Sides,
  cluster: string | null = null,
  environment = 'prod',
): RenderedTarget {
  const facts = { id: application, application, environment, cluster, digest: null, error: null };
  return { target: facts, place: gitPlace, findings: [], declared: null, isGone: false, ...sides };
}

const names = (targets: readonly RenderedTarget[]) => targets.map(({ base }) => base?.map(({ id }) => id.name) ?? null);

describe('followMoves', () => {
  test('an object that leaves one application for another counts as base there', () => {
    const moved = followMoves([
      target('old', { base: [resource('flags', 'a')], head: [] }),
      target('new', { base: [], head: [resource('flags', 'b')] }),
    ]);

    expect(names(moved)).toEqual([[], ['flags']]);
    expect(moved[1]?.base?.[0]?.object).toEqual({ data: { value: 'a' } });
  });

  test('what is really removed stays a delete, what is really new stays a create', () => {
    const targets = [
      target('old', { base: [resource('gone')], head: [] }),
      target('new', { base: [], head: [resource('fresh')] }),
    ];

    expect(names(followMoves(targets))).toEqual([['gone'], []]);
  });

  test('two clusters, or two environments in Git, are two places', () => {
    const sides = [
      { base: [resource('flags')], head: [] },
      { base: [], head: [resource('flags')] },
    ] as const;

    expect(names(followMoves([target('a', sides[0], 'eu'), target('b', sides[1], 'us')]))).toEqual([['flags'], []]);
    expect(names(followMoves([target('a', sides[0], null, 'dev'), target('b', sides[1], null, 'prod')]))).toEqual([
      ['flags'],
      [],
    ]);
    expect(names(followMoves([target('a', sides[0], 'eu', 'dev'), target('b', sides[1], 'eu', 'prod')]))).toEqual([
      [],
      ['flags'],
    ]);
  });

  test('an application whose head cannot be rendered loses nothing', () => {
    const targets = [
      target('old', { base: [resource('flags')], head: null }),
      target('new', { base: [], head: [resource('flags')] }),
    ];

    expect(names(followMoves(targets))).toEqual([['flags'], []]);
  });
});
