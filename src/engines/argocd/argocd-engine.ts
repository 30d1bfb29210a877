import { capabilities } from '../capabilities.ts';
import type { Engine } from '../engine.ts';
import type { ArgoCdOptions } from './options.ts';
import { readStatus } from './read-status.ts';
import { takeStep } from './take-step.ts';

/**
 * The engine for clusters that Argo CD writes to. It works on Application objects alone: asks for a comparison with Git, waits
 * until exactly the commit (or a later one) was compared, starts at most one sync for a deployment where syncs are manual, and
 * follows it to its end. It never changes an Application's spec. `step` and `status` throw `BorderError` when the cluster of
 * Argo CD cannot be reached.
 *
 * `predict` is the given predictor's word.
 */
export function createArgoCdEngine(options: ArgoCdOptions): Engine {
  const { predictor } = options;
  return {
    name: 'argocd',
    manager: predictor.manager,
    capabilities: capabilities.argocd,
    predict: (target, desired, signal) => predictor.predict(target, desired, signal),
    step: (work, journal, signal) => takeStep(options, work, { journal, signal }),
    status: (work, journal, signal) => readStatus(options, work, { journal, signal }),
  };
}
