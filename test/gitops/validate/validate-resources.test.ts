import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { deriveBundle, type OpenApiBundle, serveBundle } from '../../../src/formats/openapi/bundle.ts';
import { createValidator, type ValidateInput } from '../../../src/gitops/validate/validate-resources.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { celPath } from '../../support/policy-proof.ts';
import { resourcesIn } from './validation.ts';

let bundle: OpenApiBundle;
const validator = createValidator({ size: 1, deadlineMs: 4_000 });
const { signal } = new AbortController();

beforeAll(async () => {
  bundle = serveBundle(await deriveBundle());
});
afterAll(() => validator.close());

function input(yaml: string, documents = bundle.document): ValidateInput {
  return {
    target: 'web@prod',
    resources: resourcesIn(yaml),
    documents,
    kinds: { served: null, builtIn: bundle.kinds },
  };
}

const service = 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {typ: ClusterIP}\n';

/** So many values in a list, each compared with so many allowed ones, that it takes minutes. */
const bomb = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: bombs.example.com}
spec:
  group: example.com
  scope: Cluster
  names: {plural: bombs, kind: Bomb}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {texts: {type: array, items: {type: string, enum: [${manyWords(60_000, 'a')}]}}}}}
---
apiVersion: example.com/v1
kind: Bomb
metadata: {name: a}
texts: [${manyWords(60_000, 'b')}]
`;

function manyWords(count: number, start: string): string {
  return Array.from({ length: count }, (_, index) => `${start}${index}`).join(', ');
}

const ports = 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n';
const noServices = policyOf([{ expression: 'false', message: 'no' }]);

function policyOf(validations: readonly JsonObject[], resource = 'services'): JsonObject {
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: [resource] };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'no-services' },
    spec: { matchConstraints: { resourceRules: [rule] }, validations },
  };
}

describe('validation in worker threads', () => {
  test('gives the findings of all checks with target, file and line', async () => {
    const found = await validator.validate(input(`${service}---\n${service}`), signal);

    expect(found.map(({ rule, target, file, line }) => [rule, target, file, line])).toEqual([
      ['schema-unknown-field', 'web@prod', 'app.yaml', 4],
      ['schema-unknown-field', 'web@prod', 'app.yaml', 9],
      ['duplicate-resource', 'web@prod', 'app.yaml', 6],
    ]);
  });

  test('a check that never ends is killed and said to be incomplete, the others still speak, and the next run works', async () => {
    const found = await validator.validate(input(`${bomb}---\n${service}---\n${service}`), signal);
    const next = await validator.validate(input(service), signal);

    expect(found.map(({ rule }) => rule).sort()).toEqual(['check-incomplete', 'duplicate-resource']);
    expect(found.find(({ rule }) => rule === 'check-incomplete')?.message).toContain('schema did not finish');
    expect(next.map(({ rule }) => rule)).toEqual(['schema-unknown-field']);
  });

  test('a document that cannot be read is said to be missing, never taken for a pass', async () => {
    const found = await validator.validate(
      input(service, async () => {
        throw new Error('connection reset');
      }),
      signal,
    );

    expect(found.map(({ rule }) => rule)).toContain('check-incomplete');
    expect(found[0]?.message).toBe('The schemas of v1 could not be read: connection reset.');
  });

  test('an aborted validation rejects with the reason', async () => {
    const controller = new AbortController();
    const running = validator.validate(input(bomb), controller.signal);
    controller.abort(new Error('the pull was closed'));

    await expect(running).rejects.toThrow('the pull was closed');
  });

  test('policies are decided in a worker too, again and again', async () => {
    const withPolicies = createValidator({ size: 1, deadlineMs: 30_000, policyModule: celPath });
    const asked = { ...input(ports), policies: [noServices] };

    const found = [await withPolicies.validate(asked, signal), await withPolicies.validate(asked, signal)];
    await withPolicies.close();

    expect(found.map((findings) => findings.map(({ rule, line }) => [rule, line]))).toEqual([
      [['no-services', 1]],
      [['no-services', 1]],
    ]);
  }, 60_000);

  test('a policy that never ends is killed and said to be incomplete', async () => {
    const withPolicies = createValidator({ size: 1, deadlineMs: 5_000, policyStartMs: 0, policyModule: celPath });
    const list = JSON.stringify(Array.from({ length: 10 }, (_, index) => index));
    const expression = [...'abcdefgh'].reduceRight((inner, name) => `${list}.all(${name}, ${inner})`, 'true');
    const validations = Array.from({ length: 10 }, () => ({ expression }));
    const found = await withPolicies.validate(
      { ...input(ports), policies: Array(5).fill(policyOf(validations)) },
      signal,
    );
    await withPolicies.close();

    expect(found.map(({ rule, message }) => [rule, message.slice(0, 33)])).toEqual([
      ['check-incomplete', 'The check policy did not finish: '],
    ]);
  }, 60_000);

  test('the module that decides policies is not asked for where none is about what changed', async () => {
    const asked: string[] = [];
    const policyModule = (): Promise<string> => {
      asked.push('module');
      return celPath(signal);
    };
    const without = createValidator({ size: 1, deadlineMs: 30_000, policyModule });
    const check = input(ports);
    const policies = [noServices];

    const same = await without.validate({ ...check, base: input(ports).resources, policies }, signal);
    const other = await without.validate(
      { ...check, policies: [policyOf([{ expression: 'false' }], 'configmaps')] },
      signal,
    );
    const before = [...asked];
    const changed = await without.validate({ ...check, base: [], policies }, signal);
    await without.close();

    expect([same, other]).toEqual([[], []]);
    expect(before).toEqual([]);
    expect(changed.map(({ rule }) => rule)).toEqual(['no-services']);
    expect(asked).toEqual(['module']);
  }, 60_000);

  test('policies that cannot be decided, for want of the module, are said to be missing', async () => {
    const without = createValidator({
      size: 1,
      deadlineMs: 2_000,
      policyModule: () => Promise.reject(new Error('Go was not found')),
    });
    const found = await without.validate({ ...input(ports), policies: [noServices] }, signal);
    await without.close();

    expect(found.map(({ rule, message }) => [rule, message])).toEqual([
      ['check-incomplete', '1 policies and bindings were not evaluated: Go was not found.'],
    ]);
  });
});
