import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createApplyPredictor } from '../../../src/engines/apply/apply-engine.ts';
import type { Predictor } from '../../../src/engines/engine.ts';
import { hideOwnerLabels, withoutOwnerLabels } from '../../../src/engines/flux/hide-owner-labels.ts';
import { createSchemas } from '../../../src/formats/openapi/schemas.ts';
import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import type { Resource } from '../../../src/model/resource.ts';
import type { Cluster } from '../../../src/world/cluster/cluster.ts';
import { openCluster } from '../../../src/world/cluster/kubernetes/open-cluster.ts';
import { carryOut, configMap, openStage, type Stage } from './stage.ts';

let stage: Stage;
let cluster: Cluster;
let predictor: Predictor;

beforeAll(async () => {
  stage = await openStage();
  const redactor = createRedactor({ key: Buffer.alloc(32, 7) });
  const { kubeconfig, context } = stage.plane;
  cluster = await openCluster({ kubeconfig: { paths: [kubeconfig] }, context, redactor });
  const schemas = createSchemas(async (groupVersion, signal) =>
    (await cluster.openapi(signal)).document(groupVersion, signal),
  );
  const seen = hideOwnerLabels(cluster);
  predictor = createApplyPredictor({
    cluster: seen,
    schemas,
    redactor,
    concurrency: 4,
    manager: 'kustomize-controller',
  });
}, 900_000);

afterAll(async () => {
  await cluster.close();
  await stage.close();
});

test('what Flux has applied is predicted to stay as it is, and a change is all that is shown', async () => {
  const labels = { app: 'web' };
  const place = await stage.place({
    files: { 'a.yaml': configMap('a', 'one', labels), 'b.yaml': configMap('b', 'one') },
  });
  const first = place.work('D-1', stage.repository.git('rev-parse', place.name));
  await carryOut(stage.engine, first);
  const second = place.work('D-2', place.prepare({ 'b.yaml': configMap('b', 'two') }));
  const predict = (base: readonly Resource[], head: readonly Resource[]) =>
    predictor.predict(first.target, { base: base.map(placed), head: head.map(placed) }, AbortSignal.timeout(20_000));

  const same = await predict(first.desired, first.desired);
  const changed = await predict(first.desired, second.desired);

  expect(same).toMatchObject({ changes: [], error: null });
  expect(changed.changes).toMatchObject([
    { action: 'update', resource: { name: 'b' }, paths: [{ path: ['data', 'key'], before: 'one', after: 'two' }] },
  ]);
});

test('other labels and their owners stay', () => {
  const flux = { 'kustomize.toolkit.fluxcd.io/name': 'web', 'kustomize.toolkit.fluxcd.io/namespace': 'x' };
  const owned = { 'f:kustomize.toolkit.fluxcd.io/name': {}, 'f:kustomize.toolkit.fluxcd.io/namespace': {} };
  const entry = (labels: object) => ({
    manager: 'm',
    fieldsV1: { 'f:metadata': { 'f:labels': labels }, 'f:data': {} },
  });
  const object = (labels: object, fields: object) =>
    JSON.parse(JSON.stringify({ metadata: { name: 'a', labels, managedFields: [entry(fields)] } }));

  expect(withoutOwnerLabels(object({ app: 'web', ...flux }, { '.': {}, 'f:app': {}, ...owned }))).toEqual(
    object({ app: 'web' }, { '.': {}, 'f:app': {} }),
  );
  expect(withoutOwnerLabels(object(flux, { '.': {}, ...owned }))).toEqual({
    metadata: { name: 'a', managedFields: [{ manager: 'm', fieldsV1: { 'f:data': {} } }] },
  });
  expect(withoutOwnerLabels({ metadata: { name: 'a' } })).toEqual({ metadata: { name: 'a' } });
});

/** As a renderer gives it: in its namespace, but without Flux's labels. */
function placed(resource: Resource): Resource {
  const { namespace } = resource.id;
  const metadata = resource.object['metadata'];
  return { ...resource, object: { ...resource.object, metadata: { ...Object(metadata), namespace } } };
}
