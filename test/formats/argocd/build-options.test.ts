import { expect, test } from '@jest/globals';
import { readBuildOptions } from '../../../src/formats/argocd/build-options.ts';

test.each([
  ['', { inflatesCharts: false, readsOutside: false, others: [] }],
  ['--enable-helm', { inflatesCharts: true }],
  ['--enable-helm=true', { inflatesCharts: true }],
  ['--enable-helm=false', { inflatesCharts: false }],
  ['--enable-helm-not', { inflatesCharts: false, others: ['--enable-helm-not'] }],
  ['--load-restrictor LoadRestrictionsNone', { readsOutside: true, others: [] }],
  ['--load-restrictor=LoadRestrictionsNone  --enable-helm', { readsOutside: true, inflatesCharts: true, others: [] }],
  ['--load-restrictor LoadRestrictionsRootOnly', { readsOutside: false }],
  ['--enable-alpha-plugins --env=A=b --reorder none', { others: ['--enable-alpha-plugins', '--env'] }],
])('build options %p', (text, expected) => {
  expect(readBuildOptions(text)).toMatchObject(expected);
});
