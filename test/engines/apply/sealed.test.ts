import { expect, test } from '@jest/globals';
import { whyUnsendable } from '../../../src/engines/apply/unsendable.ts';
import { compareGit } from '../../../src/gitops/diff/compare-git.ts';
import { noSchema } from '../../../src/gitops/diff/compare-paths.ts';
import { objectDigests } from '../../../src/gitops/plan/digest.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { Resource } from '../../../src/model/resource.ts';

function secret(data: JsonObject, sops: JsonObject | null): Resource {
  const object = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'n' }, data };
  const id = { group: '', version: 'v1', kind: 'Secret', namespace: 'n', name: 's' };
  return { id, object: sops === null ? object : { ...object, sops }, source: null, lines: new Map(), random: [] };
}

const sealed = (keys: readonly string[], run: number): Resource =>
  secret(Object.fromEntries(keys.map((key) => [key, `ENC[AES256_GCM,data:${key}${run},type:str]`])), {
    mac: `ENC[AES256_GCM,data:${run}]`,
    lastmodified: `2026-01-0${run}T00:00:00Z`,
  });

function changes(base: Resource, head: Resource): readonly string[] {
  const options = { schemaOf: () => noSchema, maskObject: (object: JsonObject) => object };
  return compareGit({ target: 't', base: [base], head: [head] }, options).flatMap(({ paths }) =>
    paths.map(({ path }) => path.join('.')),
  );
}

test('a new encryption of the same keys is no change, and no other digest', async () => {
  const key = new Uint8Array(32);
  const digest = async (resource: Resource) => [...(await objectDigests(key, [resource])).values()];

  expect(changes(sealed(['a', 'b'], 1), sealed(['a', 'b'], 2))).toEqual([]);
  expect(await digest(sealed(['a'], 1))).toEqual(await digest(sealed(['a'], 2)));
  expect(await digest(sealed(['a'], 1))).not.toEqual(await digest(sealed(['a', 'b'], 1)));
});

test('another key is one', () => {
  expect(changes(sealed(['a'], 1), sealed(['a', 'b'], 2))).toEqual(['data.b']);
});

test('what is encrypted or holds values that are not known is not written as it is', () => {
  const pair = (resource: Resource) => ({ id: resource.id, head: { resource, object: resource.object } });

  expect(whyUnsendable(pair(sealed(['a'], 1)))).toMatch(/^Secret n\/s is encrypted with SOPS/);
  expect(whyUnsendable(pair({ ...secret({ a: 'YQ==' }, null), hidden: ['/data/a'] }))).toMatch(
    /\/data\/a holds values/,
  );
  expect(whyUnsendable(pair(secret({ a: 'YQ==' }, null)))).toBeNull();
});

test('hidden values are compared with nothing', () => {
  const [one, other] = [secret({ a: 'YQ==', b: 'eA==' }, null), secret({ a: 'Yg==', b: 'eQ==' }, null)];
  const hide = (resource: Resource): Resource => ({ ...resource, hidden: ['/data/a'] });

  expect(changes(one, other)).toEqual(['data.a', 'data.b']);
  expect(changes(hide(one), hide(other))).toEqual(['data.b']);
});
