import { setTimeout as delay } from 'node:timers/promises';
import type { Engine, EngineWork } from '../../../src/engines/engine.ts';
import { type EngineFixture, engineContract } from '../../contract/engine.ts';
import { configMap, type Files, invalidService, openStage, type Place, statusOf } from './stage.ts';

engineContract('Flux', async (): Promise<EngineFixture> => {
  const stage = await openStage();
  const places = new Map<string, Place>();
  let deployments = 0;
  const next = (place: Place, files: Files): EngineWork => {
    deployments += 1;
    return place.work(`C-${deployments}`, place.prepare(files));
  };
  // Flux follows its branch, so a commit must not be on it before its turn: the merge comes with the first step.
  const merging: Engine = {
    ...stage.engine,
    step: (work, journal, signal) => {
      places.get(work.root)?.publish(work.commit);
      return stage.engine.step(work, journal, signal);
    },
  };
  return {
    engine: merging,
    commits: async () => {
      const place = await stage.place();
      places.set(`apps/${place.name}`, place);
      const first = next(place, { 'config.yaml': configMap('settings', 'first') });
      const broken = next(place, { 'broken.yaml': invalidService });
      const second = next(place, { 'broken.yaml': null, 'config.yaml': configMap('settings', 'second') });
      return { first, second, broken };
    },
    holds: async ({ root, branch, commit }) => {
      const live = await places.get(root)?.live();
      return live !== undefined && statusOf(live, 'lastAppliedRevision') === `${branch}@sha1:${commit}`;
    },
    writes: () => stage.requests.length,
    pass: (milliseconds) => delay(Math.min(milliseconds, 250)),
    stop: () => stage.close(),
  };
});
