import { expect, test } from '@jest/globals';
import { helmEngineOf } from '../../../src/formats/argocd/helm-engine.ts';

test.each([
  ['v3.18.4+gd80839c', 'helm3'],
  ['v4.3.1', 'helm4'],
  ['4.0.0', 'helm4'],
  ['v5.1.0+g1', 'helm4'],
  ['v2.17.0', null],
  ['', null],
  ['failed to get helm version', null],
])('the Helm of %p is %p', (version, expected) => {
  expect(helmEngineOf(version)).toBe(expected);
});
