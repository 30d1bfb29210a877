import type { Condition } from '../fields.ts';
import { isPassing } from '../passing.ts';
import { type Assessment, failed, type HealthRule } from '../rule.ts';
import { byFluxReady } from './flux.ts';

/** After these helm-controller has undone the release, whatever the first cause was. */
const undone = new Set(['RollbackSucceeded', 'RollbackFailed', 'UninstallSucceeded', 'UninstallFailed']);

/** These may be tried again, and may only say that time ran out. */
const attempted = new Set(['InstallFailed', 'UpgradeFailed', 'TestFailed']);

/** Released in helm-controller's own words. */
export const fluxHelmRelease: HealthRule = {
  group: 'helm.toolkit.fluxcd.io',
  kind: 'HelmRelease',
  assess: (object) => byFluxReady(object, judge),
};

function judge({ reason, message }: Condition): Assessment | null {
  if (undone.has(reason)) return failed(reason, message);
  return attempted.has(reason) && !isPassing(message) ? failed(reason, message) : null;
}
