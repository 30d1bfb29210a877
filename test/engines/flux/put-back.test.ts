import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { carryOut, configMap, openStage, type Stage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
}, 900_000);

afterAll(() => stage.close());

test('an object that was changed by hand is put back each time it is asked for under a new name', async () => {
  const place = await stage.place();
  const commit = place.commit({ 'config.yaml': configMap('settings', 'two') });
  const { plane, engine } = stage;
  await carryOut(engine, place.work('D-60', commit));

  const found = [];
  for (const deployment of ['d-60.1', 'd-60.2']) {
    await plane.kubectl(['patch', 'cm', 'settings', '-n', place.name, '-p', '{"data":{"key":"by hand"}}']);
    const { step } = await carryOut(engine, place.work(deployment, commit));
    const get = ['get', 'cm', 'settings', '-n', place.name, '-o', 'jsonpath={.data.key}'];
    found.push(step.kind, await plane.kubectl(get));
  }

  expect(found).toEqual(['applied', 'two', 'applied', 'two']);
});
