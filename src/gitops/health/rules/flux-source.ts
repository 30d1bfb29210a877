import type { HealthRule } from '../rule.ts';
import { byFluxReady } from './flux.ts';

/** What source-controller fetches. That it cannot be fetched says nothing bad of the change, so only Stalled is a failure. */
export const fluxSources: readonly HealthRule[] = [
  'GitRepository',
  'OCIRepository',
  'HelmRepository',
  'HelmChart',
  'Bucket',
].map((kind) => ({
  group: 'source.toolkit.fluxcd.io',
  kind,
  assess: (object) => byFluxReady(object, () => null),
}));
