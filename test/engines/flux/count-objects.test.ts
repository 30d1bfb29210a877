import { expect, test } from '@jest/globals';
import { countObjects, objectsOf } from '../../../src/engines/flux/count-objects.ts';
import { facts, kustomization } from './sketch.ts';

const id = (name: string) => ({ group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name });
const inventory = { entries: ['a', 'b'].map((name) => ({ id: `shop_${name}__ConfigMap`, v: 'v1' })) };
const own = facts(kustomization({ status: { inventory } }));
const stale = [
  { resource: id('gone'), why: null },
  { resource: id('b'), why: null },
  { resource: id('kept'), why: 'marked' },
];

test('what is in the inventory counts as applied, and what has left it as pruned', () => {
  const counts = countObjects({ ...own, notes: { ...own.notes, stale } }, 'apps/web');

  expect(counts).toEqual({ applied: 2, unchanged: 0, pruned: 1, total: 2 });
});

test('everything is unchanged when the commit was there before', () => {
  const counts = countObjects({ ...own, notes: { ...own.notes, wasApplied: true } }, 'apps/web');

  expect(counts).toEqual({ applied: 0, unchanged: 2, pruned: 0, total: 2 });
});

test('an inventory that holds more than the target, or is not there, gives way to what is rendered', () => {
  const around = kustomization({ spec: { path: './apps' }, status: { inventory } });

  expect(objectsOf(own.reconciler, [id('x')], 'apps/web')).toEqual([id('a'), id('b')]);
  expect(objectsOf(around, [id('x')], 'apps/web')).toEqual([id('x')]);
  expect(objectsOf(kustomization(), [id('x')], 'apps/web')).toEqual([id('x')]);
});
