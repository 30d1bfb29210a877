import { setTimeout as delay } from 'node:timers/promises';
import type { EngineWork } from '../../../src/engines/engine.ts';
import { type JsonObject, pick } from '../../../src/model/json.ts';
import { type EngineFixture, engineContract } from '../../contract/engine.ts';
import { configMap, invalidService, openStage, type Place, statusOf } from './stage.ts';

engineContract('Argo CD', async (): Promise<EngineFixture> => {
  const stage = await openStage();
  const places = new Map<string, Place>();
  let deployments = 0;
  const next = (place: Place, files: Readonly<Record<string, string | null>>): EngineWork => {
    deployments += 1;
    return place.work(`C-${deployments}`, place.commit(files));
  };
  return {
    engine: stage.engine,
    commits: async () => {
      const place = await stage.application();
      places.set(`apps/${place.name}`, place);
      const first = next(place, { 'config.yaml': configMap('settings', 'first') });
      const broken = next(place, { 'broken.yaml': invalidService });
      // The branch stands at the newest from the beginning: each is carried out although later ones are there.
      const second = next(place, { 'broken.yaml': null, 'config.yaml': configMap('settings', 'second') });
      return { first, second, broken };
    },
    holds: async ({ root, commit }) => {
      const live = await places.get(root)?.live();
      return live !== undefined && lastSynced(live) === commit;
    },
    writes: () => stage.syncs.length,
    pass: (milliseconds) => delay(Math.min(milliseconds, 250)),
    stop: () => stage.close(),
  };
});

function lastSynced(application: JsonObject): unknown {
  const history = statusOf(application, 'history');
  return Array.isArray(history) ? pick(history.at(-1), 'revision') : null;
}
