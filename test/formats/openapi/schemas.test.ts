import { describe, expect, test } from '@jest/globals';
import { deriveBundle, serveBundle } from '../../../src/formats/openapi/bundle.ts';
import { createSchemas } from '../../../src/formats/openapi/schemas.ts';
import { openStrictSchema } from '../../../src/formats/openapi/strict-schema.ts';
import type { JsonObject } from '../../../src/model/json.ts';

const { signal } = new AbortController();
const schemas = createSchemas(serveBundle(await deriveBundle()).document);
const deployment = { group: 'apps', version: 'v1', kind: 'Deployment' };
const pod = ['spec', 'template', 'spec'];

describe('list keys', () => {
  test.each<[string, (string | number)[], readonly string[] | null | undefined]>([
    ['containers', [...pod, 'containers'], ['name']],
    ['ports of a container', [...pod, 'containers', 0, 'ports'], ['containerPort', 'protocol']],
    ['ports of any container', [...pod, 'initContainers', '*', 'ports'], ['containerPort', 'protocol']],
    ['volume mounts', [...pod, 'containers', 0, 'volumeMounts'], ['mountPath']],
    ['tolerations', [...pod, 'tolerations'], null],
    ['arguments', [...pod, 'containers', 0, 'args'], null],
    ['finalizers, a set', ['metadata', 'finalizers'], []],
    ['owners', ['metadata', 'ownerReferences'], ['uid']],
    ['conditions', ['status', 'conditions'], ['type']],
    ['a mapping', ['metadata', 'labels'], undefined],
    ['a value of a mapping', ['metadata', 'labels', 'app'], undefined],
    ['nowhere', ['spec', 'nowhere', 'else'], undefined],
  ])('of %s', async (_name, path, expected) => {
    const schema = await schemas.find(deployment, signal);

    expect(schema?.listKeysAt(path)).toEqual(expected);
  });

  test('are found through the references of any kind', async () => {
    const service = await schemas.find({ group: '', version: 'v1', kind: 'Service' }, signal);
    const cronJob = await schemas.find({ group: 'batch', version: 'v1', kind: 'CronJob' }, signal);

    expect(service?.listKeysAt(['spec', 'ports'])).toEqual(['port', 'protocol']);
    expect(cronJob?.listKeysAt(['spec', 'jobTemplate', 'spec', 'template', 'spec', 'volumes'])).toEqual(['name']);
  });
});

test('quantities are told from other text', async () => {
  const schema = await schemas.find(deployment, signal);
  const container = [...pod, 'containers', 0];

  expect(schema?.isQuantity([...container, 'resources', 'limits', 'cpu'])).toBe(true);
  expect(schema?.isQuantity([...pod, 'volumes', 0, 'emptyDir', 'sizeLimit'])).toBe(true);
  expect(schema?.isQuantity([...container, 'image'])).toBe(false);
  expect(schema?.isQuantity(['nowhere'])).toBe(false);
});

describe('looking schemas up', () => {
  test('asks again after a failure, and for a kind that was not there', async () => {
    const asked: string[] = [];
    const source = async (version: string): Promise<JsonObject | null> => {
      asked.push(version);
      if (asked.length === 1) throw new Error('reset');
      return null;
    };
    const found = createSchemas(source);

    await expect(found.find(deployment, signal)).rejects.toThrow('reset');
    expect(await found.find(deployment, signal)).toBeNull();
    expect(await found.find(deployment, signal)).toBeNull();
    expect(asked).toEqual(['apps/v1', 'apps/v1', 'apps/v1']);
  });
});

describe('custom resources', () => {
  const document = (schema: JsonObject): JsonObject => ({
    components: {
      schemas: {
        'com.example.v1.Toy': {
          ...schema,
          'x-kubernetes-group-version-kind': [{ group: 'example.com', version: 'v1', kind: 'Toy' }],
        },
      },
    },
  });
  const toy = (spec: JsonObject) => {
    const schema = { type: 'object', properties: { spec } };
    return openStrictSchema(document(schema), { group: 'example.com', version: 'v1', kind: 'Toy' });
  };

  test.each<[string, JsonObject, JsonObject, readonly string[]]>([
    ['a closed mapping', { type: 'object', properties: { a: { type: 'string' } } }, { b: 1 }, ['unknown-field']],
    ['a mapping without properties', { type: 'object' }, { b: 1 }, ['unknown-field']],
    ['a free mapping', { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }, { b: 1 }, []],
    ['a mapping of text', { type: 'object', additionalProperties: { type: 'string' } }, { b: 1 }, ['wrong-type']],
    [
      'an exclusive limit',
      { type: 'object', properties: { a: { type: 'integer', minimum: 1, exclusiveMinimum: true } } },
      { a: 1 },
      ['invalid'],
    ],
    [
      'an embedded object',
      { type: 'object', 'x-kubernetes-embedded-resource': true, properties: {} },
      { kind: 'A', apiVersion: 'v1', metadata: { name: 'a' }, other: 1 },
      ['unknown-field'],
    ],
    [
      'a field named like a method',
      { type: 'object', properties: { constructor: { type: 'string' } }, required: ['constructor'] },
      {},
      ['required'],
    ],
  ])('%s', async (_name, spec, value, kinds) => {
    const schema = toy(spec);

    expect(schema?.validate({ spec: value }).map(({ kind }) => kind)).toEqual(kinds);
  });

  test.each([
    ['(?i)^abc$', 'xABC', 'ABC'],
    [String.raw`\A[[:alpha:]]+\z`, 'a1', 'abc'],
    [String.raw`^\pL$`, '1', 'é'],
    ['^(a+)+$', `${'a'.repeat(10_000)}!`, 'a'.repeat(10_000)],
    ['^([a-z0-9]+[-.]?)+[a-z]{1,63}$', `${'a'.repeat(5_000)}!`, 'a-b.c'],
  ])('a pattern is read as Go reads it, at once: %s', async (pattern, bad, good) => {
    const schema = toy({ type: 'object', properties: { a: { type: 'string', pattern } } });

    expect(schema?.validate({ spec: { a: good } })).toEqual([]);
    expect(schema?.validate({ spec: { a: bad } })).toMatchObject([{ at: ['spec', 'a'], kind: 'invalid' }]);
    expect(schema?.unchecked()).toEqual([]);
  });

  test('a pattern that Go refuses is left out and told', async () => {
    const schema = toy({ type: 'object', properties: { a: { type: 'string', pattern: '^(?!x)' } } });

    expect(schema?.validate({ spec: { a: 'xyz' } })).toEqual([]);
    expect(schema?.unchecked()).toEqual(['^(?!x)']);
  });

  test('what the server refuses in a definition for its cost costs nothing here', async () => {
    const items = {
      type: 'array',
      uniqueItems: true,
      items: { type: 'object', properties: { a: { type: 'integer' } } },
    };
    const schema = toy({ type: 'object', properties: { list: items } });
    const list = Array.from({ length: 100_000 }, (_, a) => ({ a }));

    expect(schema?.validate({ spec: { list } })).toEqual([]);
  });

  test('a quantity is known by its pattern', async () => {
    const pattern = '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE])?$';
    const schema = toy({ type: 'object', properties: { a: { 'x-kubernetes-int-or-string': true, pattern } } });

    expect(schema?.isQuantity(['spec', 'a'])).toBe(true);
  });
});
