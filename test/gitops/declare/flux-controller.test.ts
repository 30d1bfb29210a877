import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ownedPaths, parseFields } from '../../../src/formats/field-sets.ts';
import { readFluxKustomization } from '../../../src/formats/flux/kustomization.ts';
import { canonicalJson } from '../../../src/formats/json.ts';
import { valueAt } from '../../../src/gitops/adopt/value-at.ts';
import { handlingOf, withCommonMetadata } from '../../../src/gitops/declare/flux-apply.ts';
import { type FluxRendered, renderFlux } from '../../../src/gitops/declare/flux-render.ts';
import { gatherVariables, type LookedUp } from '../../../src/gitops/declare/flux-variables.ts';
import { createKustomizeRenderer } from '../../../src/gitops/render/kustomize.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickText } from '../../../src/model/json.ts';
import { formatPath, type Path } from '../../../src/model/path.ts';
import type { Resource } from '../../../src/model/resource.ts';
import {
  type SourceController,
  startSourceController,
} from '../../../src/pretend/source-controller/source-controller.ts';
import { type Flux, useFlux } from '../../control-plane/flux/flux.ts';
import { type ServedRepository, serveRepository } from '../../engines/argocd/git-server.ts';
import { resourceOf } from '../../formats/flux/support.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { applicationAt, testDependencies, testInputs } from '../render/support.ts';
import { type ControllerCase, controllerCases } from './flux-cases.ts';
import { calm, testSubstituter } from './support.ts';

const manager = 'kustomize-controller';
const renderer = createKustomizeRenderer(testDependencies({ deadlineMs: 50_000 }));
const substituter = testSubstituter();
const files: Record<string, string> = {};
let flux: Flux;
let repository: ServedRepository;
let sources: SourceController;
let namespace: string;

beforeAll(async () => {
  flux = await useFlux();
  const { plane } = flux;
  namespace = await plane.namespace('flux');
  repository = await serveRepository();
  for (const [index, one] of controllerCases.entries()) {
    for (const [file, text] of Object.entries(one.files)) files[`${folderOf(index)}/${file}`] = text;
    Object.assign(files, one.around);
  }
  repository.commit(files);
  sources = await startSourceController({
    access: { server: plane.server, token: plane.token, ca: plane.certificate },
    namespace,
  });
  await create({
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name: 'fleet' },
    spec: { interval: '1h', url: repository.url, ref: { branch: 'main' }, ignore: '.git/\n.sourceignore\n' },
  });
  await create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'vars' }, data: { A: 'a', B: 'b', C: 'c' } });
  await create({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys' }, stringData: { B: 'secret\nb' } });
  await plane.kubectl(['wait', 'gitrepository/fleet', '-n', namespace, '--for=condition=Ready', '--timeout=60s']);
}, 900_000);

afterAll(async () => {
  await sources?.close();
  await repository?.close();
  await renderer.close();
  await substituter.close();
});

describe('what is predicted is what the real kustomize-controller applied for', () => {
  test.each(controllerCases.map((one, index) => [one.title, index, one] as const))('%s', async (_, index, one) => {
    const target = await flux.plane.namespace('app');
    const object = kustomizationOf(one, index, target);
    await create(object);

    const predicted = await predict(object);
    const resources = [...predicted.resources, ...predicted.ignored].map(({ resource }) => resource);
    const inventory = await whenApplied(`case-${index}`);

    // What it is told to leave alone is in its inventory too.
    expect(inventory).toEqual(resources.map(inventoryId).sort());
    for (const resource of resources) {
      const live = await liveOf(resource);
      if (handlingOf(resource.object) === 'ignore') expect(live).toBeNull();
      else expect(differences(normalised(resource.object, `case-${index}`), live)).toEqual([]);
    }
    expect(resources.length).toBeGreaterThan(0);
  });

  test('objects that name no namespace, where the Kustomization gives none: nothing', async () => {
    const object = kustomizationOf({ title: '', files: {}, spec: { targetNamespace: null } }, 0, '');
    const named = { ...object, metadata: { name: 'homeless', namespace } };
    await create(named);
    const failed = ['--for=condition=Ready=False', '--timeout=50s'];
    await flux.plane.kubectl(['wait', 'kustomization/homeless', '-n', namespace, ...failed]);

    const { findings } = await predict(named);

    const live = await get(['kustomization.kustomize.toolkit.fluxcd.io', 'homeless', '-n', namespace]);
    expect(JSON.stringify(pick(live ?? {}, 'status', 'conditions'))).toContain('namespace not specified');
    expect(findings).toMatchObject([{ rule: 'flux-namespace-missing' }, { rule: 'flux-namespace-missing' }]);
  });

  test('there are at least 15', () => {
    expect(controllerCases.length).toBeGreaterThanOrEqual(15);
  });
});

function folderOf(index: number): string {
  return `cases/${index}`;
}

function kustomizationOf(one: ControllerCase, index: number, targetNamespace: string): JsonObject {
  const sourceRef = { kind: 'GitRepository', name: 'fleet' };
  const path = `./${folderOf(index)}`;
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: `case-${index}`, namespace },
    spec: Object.fromEntries(
      Object.entries({
        interval: '1h',
        timeout: '30s',
        prune: true,
        path,
        sourceRef,
        targetNamespace,
        ...one.spec,
      }).filter(([, value]) => value !== null),
    ),
  };
}

async function create(object: JsonObject): Promise<void> {
  await flux.plane.kubectl(['create', '-n', namespace, '-f', '-'], { input: JSON.stringify(object) });
}

async function predict(object: JsonObject): Promise<FluxRendered> {
  const read = readFluxKustomization(resourceOf(JSON.stringify(object)));
  if (!('kind' in read)) throw new Error(JSON.stringify(read));
  const inputs = { ...testInputs, namespace: '' };
  return renderFlux(
    read,
    {
      tree: memoryTree(files),
      ignore: null,
      kustomize: async (root, tree, signal) =>
        (await renderer.render(applicationAt(root, 'kustomize'), tree, inputs, signal)).resources,
      substituter,
      variables: await gatherVariables(read, async (kind, _, name) => lookup(`${kind}/${name}`)),
      isStrict: false,
    },
    calm,
  );
}

function lookup(name: string): LookedUp {
  if (name === 'ConfigMap/vars') return { kind: 'values', values: { A: 'a', B: 'b', C: 'c' } };
  if (name === 'Secret/keys') return { kind: 'values', values: { B: 'secret\nb' } };
  return { kind: 'missing' };
}

/** The controller's inventory once it is done. */
async function whenApplied(name: string): Promise<readonly string[]> {
  const wanted = ['--for=condition=Ready', '--timeout=50s'];
  await flux.plane.kubectl(['wait', `kustomization/${name}`, '-n', namespace, ...wanted]);
  const live = await get(['kustomization.kustomize.toolkit.fluxcd.io', name, '-n', namespace]);
  const entries = pick(live ?? {}, 'status', 'inventory', 'entries');
  return (isJsonList(entries) ? entries : []).map((entry) => pickText(entry, 'id') ?? '').sort();
}

function liveOf({ id }: Resource): Promise<JsonObject | null> {
  const type = id.group === '' ? id.kind : `${id.kind}.${id.version}.${id.group}`;
  return get([type, id.name, ...(id.namespace === null ? [] : ['-n', id.namespace])]);
}

async function get(args: readonly string[]): Promise<JsonObject | null> {
  const options = ['-o', 'json', '--show-managed-fields', '--ignore-not-found'];
  const text = await flux.plane.kubectl(['get', ...args, ...options]);
  return text.trim() === '' ? null : JSON.parse(text);
}

/** Where the prediction and what the controller owns of the live object are not the same, in either direction. */
function differences(predicted: JsonObject, live: JsonObject | null): readonly string[] {
  if (live === null) return ['not there'];
  const entries = pick(live, 'metadata', 'managedFields');
  const entry = (isJsonList(entries) ? entries : []).find((one) => pickText(one, 'manager') === manager);
  const fields = pick(entry, 'fieldsV1');
  const owned = isJsonObject(fields) ? ownedPaths(live, parseFields(fields)) : [];
  const written = owned.filter((path) => !isLeftToServer(path, valueAt(predicted, path)));
  const unpredicted = written.filter((path) => !isSame(valueAt(live, path), valueAt(predicted, path)));
  const unapplied = leavesOf(predicted, []).filter((path) => !isSame(valueAt(live, path), valueAt(predicted, path)));
  return [
    ...unpredicted.map((path) => `not predicted: ${formatPath(path)}`),
    ...unapplied.map((path) => `not applied: ${formatPath(path)}`),
  ];
}

/** Fields that the controller's typed copy of an object sends empty, for the API server to fill. */
function isLeftToServer(path: Path, predicted: Json): boolean {
  return predicted === null && ['spec', 'strategy', 'targetPort'].includes(String(path.at(-1)));
}

/** Nothing, null and an empty collection are one. */
function isSame(one: Json, other: Json): boolean {
  return canonicalJson(filled(one)) === canonicalJson(filled(other));
}

function filled(value: Json): Json {
  if (isJsonList(value)) return value.length === 0 ? null : value.map(filled);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value)
    .map(([key, item]) => [key, filled(item)] as const)
    .filter(([, item]) => item !== null);
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

function leavesOf(value: Json, path: Path): readonly Path[] {
  if (isJsonList(value)) return value.flatMap((item, index) => leavesOf(item, [...path, index]));
  if (!isJsonObject(value)) return [path];
  return Object.entries(value).flatMap(([key, item]) => leavesOf(item, [...path, key]));
}

/** With the owner's labels and what the controller's own typed copy of an object adds: protocols, and `data` for `stringData`. */
function normalised(object: JsonObject, owner: string): JsonObject {
  const { stringData, ...rest } = object;
  const data = Object.entries(isJsonObject(stringData) ? stringData : {}).map(([key, value]) => [
    key,
    Buffer.from(String(value)).toString('base64'),
  ]);
  const labels = { 'kustomize.toolkit.fluxcd.io/name': owner, 'kustomize.toolkit.fluxcd.io/namespace': namespace };
  const withData = data.length === 0 ? rest : { ...rest, data: Object.fromEntries(data) };
  const merged = withCommonMetadata(
    { ...resourceOf(JSON.stringify(object)), object: withData },
    { labels, annotations: {} },
  );
  return JSON.parse(JSON.stringify(merged.object), (key, value) =>
    key === 'ports' && Array.isArray(value) ? value.map((port) => ({ protocol: 'TCP', ...port })) : value,
  );
}

function inventoryId({ id }: Resource): string {
  return `${id.namespace ?? ''}_${id.name}_${id.group}_${id.kind}`;
}
