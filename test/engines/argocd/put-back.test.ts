import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { carryOut, configMap, openStage, type Place, type Stage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
}, 900_000);

afterAll(() => stage.close());

async function edit({ name }: Place): Promise<void> {
  await stage.argo.plane.kubectl(['patch', 'cm', 'settings', '-n', name, '-p', '{"data":{"key":"by hand"}}']);
}

function value({ name }: Place): Promise<string> {
  return stage.argo.plane.kubectl(['get', 'cm', 'settings', '-n', name, '-o', 'jsonpath={.data.key}']);
}

describe('an object that was changed by hand', () => {
  test('is put back each time it is asked for under a new name', async () => {
    const place = await stage.application();
    const commit = place.commit({ 'config.yaml': configMap('settings', 'two') });
    await carryOut(stage.engine, place.work('D-60', commit));

    const found = [];
    for (const deployment of ['d-60.1', 'd-60.2']) {
      await edit(place);
      const { step } = await carryOut(stage.engine, place.work(deployment, commit));
      found.push(step.kind, await value(place));
    }

    expect(found).toEqual(['applied', 'two', 'applied', 'two']);
  });

  test('stays where Argo CD syncs by itself without selfHeal, and what helps is told', async () => {
    const place = await stage.application({ automated: {} });
    const commit = place.commit({ 'config.yaml': configMap('settings', 'two') });
    await carryOut(stage.engine, place.work('D-61', commit));

    await edit(place);
    const { step } = await carryOut(stage.engine, place.work('d-61.1', commit));

    expect([step.kind, await value(place)]).toEqual(['applied', 'by hand']);
    expect(stage.engine.capabilities.drift.remedy).toContain('automated.selfHeal');
  });
});
