import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Desired } from '../../src/engines/engine.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { resourcesOf } from './apply/stage.ts';
import { type ControllerStage, openControllerStage } from './controller-stage.ts';

const stages = new Map<string, ControllerStage>();

beforeAll(async () => {
  for (const engine of ['argocd', 'flux']) stages.set(engine, await openControllerStage(engine));
}, 120_000);

afterAll(() => Promise.all([...stages.values()].map((stage) => stage.close())));

const tracking = (id: string): JsonObject => ({
  annotations: { 'argocd.argoproj.io/tracking-id': `${id}:/ConfigMap:x/y` },
});
const kustomized = (name: string, namespace = 'flux-system'): JsonObject => ({
  labels: { 'kustomize.toolkit.fluxcd.io/name': name, 'kustomize.toolkit.fluxcd.io/namespace': namespace },
});
const released = (name: string): JsonObject => ({
  labels: { 'helm.toolkit.fluxcd.io/name': name, 'helm.toolkit.fluxcd.io/namespace': 'flux-system' },
  annotations: { 'meta.helm.sh/release-name': name, 'meta.helm.sh/release-namespace': 'shop' },
});
const by = { syncOptions: [], name: 'shop', namespace: 'flux-system' };
const application = { ...by, kind: 'argocd-application' as const, namespace: 'argocd' };
const serverSide = { ...application, syncOptions: ['ServerSideApply=true'] };
const kustomization = { ...by, kind: 'flux-kustomization' as const };
const release = { ...by, kind: 'flux-helmrelease' as const };

type Row = readonly [
  title: string,
  engine: string,
  declared: NonNullable<Desired['declared']>,
  meta: JsonObject,
  owner: string | null,
];

const own: readonly Row[] = [
  ['this application of Argo CD', 'argocd', application, tracking('shop'), null],
  ['this application in a namespace of its own', 'argocd', application, tracking('apps_shop'), null],
  ['this application, on the server’s side', 'argocd', serverSide, tracking('shop'), null],
  ['this Kustomization', 'flux', kustomization, kustomized('shop'), null],
  ['this HelmRelease', 'flux', release, released('shop'), null],
];

const others: readonly Row[] = [
  ['another application of Argo CD', 'argocd', application, tracking('other'), 'Argo CD application other'],
  ['Flux, seen by Argo CD', 'argocd', application, kustomized('shop'), 'Flux Kustomization flux-system/shop'],
  ['another Kustomization', 'flux', kustomization, kustomized('other'), 'Flux Kustomization flux-system/other'],
  ['one of the name elsewhere', 'flux', kustomization, kustomized('shop', 'team'), 'Flux Kustomization team/shop'],
  ['another HelmRelease', 'flux', release, released('other'), 'Flux HelmRelease flux-system/other'],
  ['Argo CD, seen by Flux', 'flux', kustomization, tracking('shop'), 'Argo CD application shop'],
];

async function reviewed([, engine, declared, meta]: Row) {
  const stage = stages.get(engine);
  if (stage === undefined) throw new Error(`no stage for ${engine}`);
  const namespace = await stage.plane.namespace();
  const settings = (data: JsonObject, more: JsonObject = {}): JsonObject => ({
    ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace, ...more }, data },
  });
  await stage.plane.kubectl(['create', '-f', '-'], { input: JSON.stringify(settings({ a: '1' }, meta)) });
  return stage.predict({ base: [], head: resourcesOf(settings({ a: '2' })), declared });
}

describe('an object that Git newly declares to a controller', () => {
  test.each(own)('and that bears the mark of %s is its own', async (...row) => {
    const { told, findings, error } = await reviewed(row);

    expect({ told: told.map((line) => line.replace(/ \(\w+\)$/, '')), findings, error }).toEqual({
      told: ['pull update ConfigMap settings data.a: "1" -> "2"'],
      ...{ findings: [], error: null },
    });
  });

  test.each(others)('and that is of %s is adopted, with a caution, since it will be written', async (...row) => {
    const { told, findings } = await reviewed(row);
    const owner = row[4];

    expect(told.map((line) => line.replace(/ \(\w+\)$/, ''))).toContain(
      'pull adopt ConfigMap settings data.a: "1" -> "2"',
    );
    expect(findings.map(({ severity, rule }) => `${severity} ${rule}`)).toEqual(['caution managed-by-other']);
    expect(findings[0]?.message).toContain(`it is managed by ${owner} (`);
    expect(findings[0]?.message).toContain('two of them will write it');
  });
});
