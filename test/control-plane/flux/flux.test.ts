import { beforeAll, expect, test } from '@jest/globals';
import { type Flux, useFlux } from './flux.ts';

let flux: Flux;

beforeAll(async () => {
  flux = await useFlux();
}, 900_000);

test('the Flux of tests takes up a Kustomization in any namespace and says what it lacks', async () => {
  const namespace = await flux.plane.namespace('flux');
  const object = {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: 'web', namespace },
    spec: { interval: '1h', path: './web', prune: true, sourceRef: { kind: 'GitRepository', name: 'absent' } },
  };

  await flux.plane.kubectl(['create', '-f', '-'], { input: JSON.stringify(object) });
  const waiting = ['wait', 'kustomization/web', '-n', namespace, '--for=condition=Ready=False', '--timeout=50s'];
  await flux.plane.kubectl(waiting);

  const path = `/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/${namespace}/kustomizations/web`;
  const { text } = await flux.plane.request('GET', path);
  expect(JSON.parse(text).status.conditions[0]).toMatchObject({
    reason: 'ArtifactFailed',
    message: expect.stringContaining('"absent" not found'),
  });
});
