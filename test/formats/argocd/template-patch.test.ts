import { describe, expect, test } from '@jest/globals';
import { patchTemplate } from '../../../src/formats/argocd/template-patch.ts';

const application = {
  metadata: { name: 'web', finalizers: ['one'], labels: { a: '1', b: '2' } },
  spec: {
    project: 'shop',
    source: { path: 'x', helm: { valueFiles: ['a'], valuesObject: { tag: '1', image: { a: 1 } } } },
  },
};

describe('a patch of a template', () => {
  test('merges objects, replaces lists and removes by null', () => {
    const patch = { metadata: { labels: { a: null, c: '3' } }, spec: { source: { helm: { valueFiles: ['b'] } } } };

    expect(patchTemplate(application, patch)).toMatchObject({
      metadata: { labels: { b: '2', c: '3' } },
      spec: { source: { path: 'x', helm: { valueFiles: ['b'] } } },
    });
    expect(patchTemplate(application, patch)).not.toHaveProperty('metadata.labels.a');
  });

  test.each([
    [['one'], ['two'], ['two', 'one']],
    [['one'], ['two', 'one'], ['two', 'one']],
    [
      ['a', 'b'],
      ['b', 'c'],
      ['a', 'b', 'c'],
    ],
  ])('adds to finalizers %j those of %j', (finalizers, more, expected) => {
    expect(patchTemplate({ metadata: { finalizers } }, { metadata: { finalizers: more } })).toEqual({
      metadata: { finalizers: expected },
    });
  });

  test('cannot change the project', () => {
    expect(patchTemplate(application, { spec: { project: 'other' } })).toMatchObject({ spec: { project: 'shop' } });
    expect(patchTemplate({ spec: {} }, { spec: { project: 'other' } })).toEqual({ spec: {} });
  });

  test('adds what is new without its nulls', () => {
    expect(patchTemplate({}, { spec: { syncPolicy: { automated: { prune: null, selfHeal: true } } } })).toEqual({
      spec: { syncPolicy: { automated: { selfHeal: true } } },
    });
  });

  test('can replace or delete an object as a whole', () => {
    expect(patchTemplate(application, { metadata: { labels: { $patch: 'replace', z: '9' } } })).toMatchObject({
      metadata: { labels: { z: '9' } },
    });
    expect(patchTemplate(application, { spec: { source: { helm: { $patch: 'delete' } } } })).toMatchObject({
      spec: { source: { helm: {} } },
    });
  });

  test('changes values of Helm at their top only, as Argo CD does', () => {
    const values = (patch: object) =>
      patchTemplate(application, { spec: { source: { helm: { valuesObject: patch as Record<string, string> } } } });

    expect(values({ tag: '2', more: { b: 2 } })).toMatchObject({
      spec: { source: { helm: { valuesObject: { tag: '2', image: { a: 1 }, more: { b: 2 } } } } },
    });
    expect(() => values({ image: { a: 2 } })).toThrow(
      'unable to find api field in struct RawExtension for the json field "image"',
    );
  });

  test('with another directive is refused', () => {
    expect(() => patchTemplate(application, { metadata: { $retainKeys: ['name'] } })).toThrow('$retainKeys');
  });
});
