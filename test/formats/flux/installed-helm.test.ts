import { expect, test } from '@jest/globals';
import { helmOfFlux } from '../../../src/formats/flux/installed-helm.ts';

test.each([
  ['image: ghcr.io/fluxcd/helm-controller:v1.4.5', ['helm3']],
  ['image: ghcr.io/fluxcd/helm-controller:v1.5.0', ['helm4']],
  ['image: ghcr.io/fluxcd/helm-controller:v0.37.4', ['helm3']],
  ['image: ghcr.io/fluxcd/kustomize-controller:v1.4.5', []],
  ['# image: ghcr.io/fluxcd/helm-controller:v1.4.5', []],
])('%s has %p', (text, expected) => {
  expect(helmOfFlux(text)).toEqual(expected);
});
