import { beforeAll, describe, expect, test } from '@jest/globals';
import { parseJson, stringifyJson } from '../../../src/formats/json.ts';
import { compileModule, type Instance, loadInstance } from '../../../src/formats/wasm/instance.ts';
import { type Json, type JsonObject, pick, pickText } from '../../../src/model/json.ts';
import { builtinKinds } from '../../../src/pretend/api-server/kinds.ts';
import { deployment, mergeModule, widgets } from './support.ts';

let instance: Instance;

beforeAll(async () => {
  const maxMemoryMb = 512;
  instance = loadInstance(await compileModule(await mergeModule(), maxMemoryMb), { seed: 1, now: 0, maxMemoryMb });
}, 300_000);

const kind = { group: 'apps', version: 'v1', kind: 'Deployment' };
const widget = { group: 'example.com', version: 'v1', kind: 'Widget' };

function call(header: object, texts: Readonly<Record<string, Json>>): JsonObject {
  const parts = Object.entries(texts).map(([path, value]) => ({ path, bytes: Buffer.from(stringifyJson(value)) }));
  const files = parts.map(({ path, bytes }) => ({ path, size: bytes.length }));
  const answer = instance.callText(
    { ...header, files },
    parts.map(({ bytes }) => bytes),
    { seed: 1, now: 0 },
  );
  return parseJson(answer) as JsonObject;
}

const objectOf = (answer: JsonObject): JsonObject => parseJson(pickText(answer, 'object') ?? '') as JsonObject;
const applied = (object: Json, live: Json | null, manager = 'one', force = false) =>
  call({ op: 'apply', ...kind, manager, force }, live === null ? { applied: object } : { applied: object, live });

describe('apply', () => {
  test('merges lists by the keys of the server and drops what is no longer named', () => {
    const containers = (...names: readonly string[]) => ({
      template: { spec: { containers: names.map((name) => ({ name, image: 'i' })) } },
    });
    const live = objectOf(applied(deployment(containers('a', 'b')), null));
    const both = objectOf(applied(deployment(containers('c')), live, 'two', true));

    const next = objectOf(applied(deployment(containers('b')), both));

    const names = (pick(next, 'spec', 'template', 'spec', 'containers') as JsonObject[]).map((item) => item.name);
    expect(names.toSorted()).toEqual(['b', 'c']);
  });

  test('names manager, path and message of every conflict', () => {
    const live = objectOf(applied(deployment(), null, 'the "first"'));

    const { object, conflicts } = applied(deployment({ replicas: 9 }), live, 'second');

    expect(object).toBeNull();
    expect(conflicts).toEqual([
      { manager: 'the "first"', path: '.spec.replicas', message: String.raw`conflict with "the \"first\""` },
    ]);
  });

  test('keeps integers that a double cannot hold', () => {
    const object = {
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: { name: 'w' },
      spec: { size: 9_007_199_254_740_993n },
    };

    const answer = call({ op: 'apply', ...widget, manager: 'one' }, { applied: object, crd: widgets });

    expect(pick(objectOf(answer), 'spec', 'size')).toBe(9_007_199_254_740_993n);
  });

  test.each([
    ['by the keys of its definition', { crd: widgets }, ['a', 'b']],
    ['as a whole without a definition', {}, ['b']],
  ])('merges a list of a custom kind %s', (_title, texts, expected) => {
    const object = (name: string) => ({
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: { name: 'w' },
      spec: { parts: [{ name }] },
    });
    const header = { op: 'apply', ...widget, force: true };
    const live = objectOf(call({ ...header, manager: 'one' }, { applied: object('a'), ...texts }));

    const next = objectOf(call({ ...header, manager: 'two' }, { applied: object('b'), live, ...texts }));

    expect((pick(next, 'spec', 'parts') as JsonObject[]).map((part) => part.name)).toEqual(expected);
  });
});

test('update gives what the writer owns, and takes it from others', () => {
  const live = objectOf(applied(deployment(), null));
  const next = { ...live, spec: { ...(live.spec as JsonObject), replicas: 5 } };

  const answer = call({ op: 'update', ...kind, manager: 'editor' }, { live, new: next });

  const fields = parseJson(pickText(answer, 'managedFields') ?? '') as JsonObject[];
  expect(fields.map(({ manager, operation }) => [manager, operation])).toEqual([
    ['one', 'Apply'],
    ['editor', 'Update'],
  ]);
  expect(fields[1]?.fieldsV1).toEqual({ 'f:spec': { 'f:replicas': {} } });
  expect(stringifyJson(fields[0] ?? null)).not.toContain('f:replicas');
});

test.each<[string, Readonly<Record<string, Json>>, string, string]>([
  ['unknown field', { replica: 1 }, '.spec.replica', 'field not declared in schema'],
  ['wrong type', { paused: 'no' }, '.spec.paused', 'expected boolean, got '],
  [
    'duplicate key',
    { template: { spec: { containers: [{ name: 'a' }, { name: 'a' }] } } },
    '.spec.template.spec.containers',
    'duplicate entries for key [name="a"]',
  ],
])('validate names the %s', (_title, changes, path, message) => {
  expect(call({ op: 'validate', ...kind }, { object: deployment(changes) }).errors).toEqual([
    { path, message: expect.stringContaining(message) },
  ]);
});

test('compare tells added, removed and modified fields apart', () => {
  const { added, removed, modified } = call(
    { op: 'compare', ...kind },
    { a: deployment({ paused: true }), b: deployment({ replicas: 9, minReadySeconds: 1 }) },
  );

  expect([added, removed, modified]).toEqual([
    { 'f:spec': { 'f:minReadySeconds': {} } },
    { 'f:spec': { 'f:paused': {} } },
    { 'f:spec': { 'f:replicas': {} } },
  ]);
});

test('a field set is spelled as in messages', () => {
  const { fields } = call({ op: 'toFieldSet', ...kind }, { object: deployment() });
  const { paths } = call({ op: 'fromFieldsV1' }, { fields: fields ?? null });

  expect(paths).toEqual(expect.arrayContaining(['.spec.replicas', '.spec.template.spec.containers[name="web"].image']));
});

test('what is no request is answered with an error, and the next call works', () => {
  expect(call({ op: 'nothing' }, {})).toEqual({ ok: false, error: 'unknown operation "nothing"' });
  expect(call({ op: 'compare', ...kind }, { a: [], b: [] }).ok).toBe(false);
  expect(call({ op: 'toFieldSet', ...kind }, { object: deployment() }).ok).toBe(true);
});

describe('write', () => {
  const parts = builtinKinds.flatMap((one) =>
    (one.status ? ['', 'status'] : ['']).map((part) => [`${one.kind} ${part}`, one, part] as const),
  );

  test.each(parts)('serves %s', (_title, served, subresource) => {
    const header = {
      op: 'write',
      verb: 'update',
      ...served,
      resource: served.plural,
      namespace: 'default',
      name: 'x',
      subresource,
    };
    const object = {
      apiVersion: [served.group, served.version].filter(Boolean).join('/'),
      kind: served.kind,
      metadata: { name: 'x', uid: 'u', resourceVersion: '1' },
    };

    const answer = call(header, { live: object, body: object });

    expect(answer).toMatchObject({ ok: true });
    expect(pick(answer, 'status', 'code') ?? 422).toBe(422);
  });
});
