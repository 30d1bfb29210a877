import { expect, test } from '@jest/globals';
import type { PredictorContext } from '../../src/engines/index.ts';
import { engines } from '../../src/engines/index.ts';

test('every engine predicts as the field manager that writes for it', async () => {
  const context = { concurrency: 1, cluster: {} } as unknown as PredictorContext; // predictors read it only when they predict

  const managers = await Promise.all(
    engines.map(async (engine) => [engine.name, (await engine.predictor(context)).manager]),
  );

  expect(managers).toEqual([
    ['apply', 'fairlead'],
    ['argocd', 'argocd-controller'],
    ['flux', 'kustomize-controller'],
  ]);
});
