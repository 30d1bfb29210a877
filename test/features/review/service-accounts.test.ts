import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createApplyPredictor } from '../../../src/engines/apply/apply-engine.ts';
import { confine } from '../../../src/features/review/confine.ts';
import { createSchemas } from '../../../src/formats/openapi/schemas.ts';
import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import { formatResource } from '../../../src/model/resource.ts';
import type { Application } from '../../../src/model/target.ts';
import type { Bound, TenantAccounts } from '../../../src/model/tenancy.ts';
import type { Cluster } from '../../../src/world/cluster/cluster.ts';
import { fenced } from '../../../src/world/cluster/fenced.ts';
import { openCluster } from '../../../src/world/cluster/kubernetes/open-cluster.ts';
import { type Place, placeAs, readCluster } from '../../../src/world/cluster/place.ts';
import { type ControlPlane, useControlPlane } from '../../control-plane/control-plane.ts';
import { map, writeAs } from '../../engines/apply/carrier.ts';
import { manager, resourcesOf } from '../../engines/apply/stage.ts';

const signal = AbortSignal.timeout(300_000);
const redactor = createRedactor({ key: Buffer.alloc(32, 7) });
let plane: ControlPlane;
let cluster: Cluster;
let place: Place;
let own: string;
let other: string;

beforeAll(async () => {
  plane = await useControlPlane();
  [own, other] = [await plane.namespace('tenant'), await plane.namespace('others')];
  cluster = await openCluster({ kubeconfig: { paths: [plane.kubeconfig] }, context: 'real', redactor });
  place = { context: 'real', read: await readCluster(cluster, own, signal), error: null };
  const group = 'rbac.authorization.k8s.io';
  const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'create', 'patch'] }];
  const metadata = { name: 'plan', namespace: own };
  const subjects = [{ kind: 'ServiceAccount', name: 'plan', namespace: own }];
  const items = [
    { apiVersion: `${group}/v1`, kind: 'Role', metadata, rules },
    {
      apiVersion: `${group}/v1`,
      kind: 'RoleBinding',
      metadata,
      subjects,
      roleRef: { apiGroup: group, kind: 'Role', name: 'plan' },
    },
  ];
  await plane.kubectl(['apply', '-f', '-'], { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
  for (const namespace of [own, other]) await writeAs(cluster, manager, map(namespace, 'web', { a: '1' }));
}, 300_000);

afterAll(async () => cluster?.close());

const application: Application = {
  ...{ name: 'web', root: 'web', renderer: 'plain', environment: null, valuesFiles: [], inputs: [] },
};

/** What a target of both namespaces would change, by a tenant that may reach both, as these accounts. */
async function predict(accounts: TenantAccounts | null, impersonated: readonly string[] = []) {
  const tenant = { name: 'web', paths: ['**'], clusters: [], namespaces: ['*'], kinds: { allow: [], deny: [] } };
  const tenancy: readonly Bound[] = [
    {
      by: 'server',
      tenants: [{ ...tenant, ...(accounts === null ? {} : { serviceAccount: accounts }) }],
      impersonated,
    },
  ];
  const target = { id: 'web', application: 'web', environment: null, cluster: 'real', digest: null, error: null };
  const head = resourcesOf(map(own, 'web', { a: '2' }), map(other, 'web', { a: '2' }));
  const rendered = { target, place, base: [], head, declared: null, isGone: false, findings: [] };
  const pair = { name: 'web', environment: null, base: application, head: application };
  const confined = confine(rendered, pair, { tenancy, proposed: null });
  const asked = confined.place.read?.cluster ?? cluster;
  const schemas = createSchemas((await asked.openapi(signal)).document);
  const predictor = createApplyPredictor({ cluster: asked, schemas, redactor, manager, concurrency: 4 });
  const set = await predictor.predict(target, { base: [], head: confined.head ?? [] }, signal);
  return { set, findings: confined.findings, changed: set.changes.map(({ resource }) => formatResource(resource)) };
}

describe('a target of a tenant with a service account', () => {
  test('is read and dry-run as that account, and reaches no further than it', async () => {
    const { set, changed } = await predict({ plan: `${own}/plan`, apply: null });

    expect(changed).toEqual([`ConfigMap ${own}/web`]);
    expect(set.error).toContain(`system:serviceaccount:${own}:plan`);
    expect([...set.live.keys()]).toEqual([`/ConfigMap/${own}/web`]);
  });

  test('without one it is asked by the identity of the cluster', async () => {
    const { set, changed } = await predict(null);

    expect({ error: set.error, count: changed.length }).toEqual({ error: null, count: 2 });
  });

  test('is refused where the server asks for one and the tenant names none', async () => {
    const { changed, findings } = await predict(null, ['real']);

    expect(changed).toEqual([]);
    expect(findings.map(({ rule, severity }) => `${rule} ${severity}`)).toEqual([
      'outside-tenancy block',
      'outside-tenancy block',
    ]);
  });
});

describe('a cluster asked as somebody else', () => {
  const account = () => cluster.as(`system:serviceaccount:${own}:plan`);
  const id = (namespace: string) => ({ group: '', version: 'v1', kind: 'ConfigMap', namespace, name: 'web' });
  const forbidden = { kind: 'forbidden' };

  test('may do what that user may, call by call', async () => {
    const options = { manager, force: true, dryRun: true, validation: 'Strict', as: null } as const;
    const listing = { labelSelector: null, metadataOnly: false, page: null, limit: 10 };
    const removing = { uid: null, resourceVersion: null, dryRun: true, as: null };

    await expect(account().get(id(own), signal)).resolves.toMatchObject({ metadata: { name: 'web' } });
    await expect(account().write(map(own, 'web', { a: '3' }), options, signal)).resolves.toMatchObject({
      created: false,
    });
    await expect(account().list(id(own), { ...listing, namespace: own }, signal)).resolves.toMatchObject({
      next: null,
    });
    await expect(account().get(id(other), signal)).rejects.toMatchObject(forbidden);
    await expect(account().list(id(own), { ...listing, namespace: other }, signal)).rejects.toMatchObject(forbidden);
    await expect(account().write(map(other, 'web', { a: '3' }), options, signal)).rejects.toMatchObject(forbidden);
    await expect(account().patch(id(other), [], { resourceVersion: null }, signal)).rejects.toMatchObject(forbidden);
    await expect(account().remove(id(own), removing, signal)).rejects.toMatchObject(forbidden);
  });

  test('closes nothing, and is made before anything is put around it', async () => {
    await account().close();
    const discovery = await cluster.discovery(signal);

    await expect(cluster.get(id(own), signal)).resolves.not.toBeNull();
    expect(() => fenced(cluster, discovery, () => true).as('ann')).toThrow(TypeError);
  });
});

test('what writes impersonates the account of apply', () => {
  expect(placeAs(place, { plan: null, apply: 'shop/apply' })).toMatchObject({
    applyAs: 'system:serviceaccount:shop:apply',
  });
});
