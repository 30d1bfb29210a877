import { capabilities } from '../capabilities.ts';
import type { Engine } from '../engine.ts';
import type { FluxEngineOptions } from './options.ts';
import { readStatus } from './read-status.ts';
import { takeStep } from './take-step.ts';

/**
 * The engine for clusters that Flux writes to. It works on Flux's objects alone: asks the GitRepository to fetch, waits until it
 * serves exactly the commit (or a later one), asks each Kustomization or HelmRelease of the target once, and follows it to its
 * end. It never changes a spec. `step` and `status` throw `BorderError` when the cluster cannot be reached.
 *
 * Flux looks by itself too, so it may have carried out a commit, deletions included, before it is asked. Of a Kustomization of
 * a folder above the target's, it cannot be told which objects are to be deleted.
 */
export function createFluxEngine(options: FluxEngineOptions): Engine {
  const { predictor } = options;
  return {
    name: 'flux',
    manager: predictor.manager,
    capabilities: capabilities.flux,
    predict: (target, desired, signal) => predictor.predict(target, desired, signal),
    step: (work, journal, signal) => takeStep(options, work, { journal, signal }),
    status: (work, journal, signal) => readStatus(options, work, { journal, signal }),
  };
}
