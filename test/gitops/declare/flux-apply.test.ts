import { describe, expect, test } from '@jest/globals';
import { handlingOf, withCommonMetadata } from '../../../src/gitops/declare/flux-apply.ts';
import { resourceOf } from '../../formats/flux/support.ts';

describe('common metadata', () => {
  const resource = resourceOf(
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {team: old, kept: x}}\ntemplate: {metadata: {labels: {}}}\n',
  );

  test('wins over what the object says, and stays out of templates', () => {
    const common = { labels: { team: 'new' }, annotations: { note: 'y' } };

    expect(withCommonMetadata(resource, common).object).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', labels: { team: 'new', kept: 'x' }, annotations: { note: 'y' } },
      template: { metadata: { labels: {} } },
    });
  });

  test('that is absent or empty changes nothing', () => {
    expect(withCommonMetadata(resource, null)).toBe(resource);
    expect(withCommonMetadata(resource, { labels: {}, annotations: {} }).object).toEqual(resource.object);
  });
});

describe('an object may ask the controller', () => {
  test.each([
    ['labels', 'reconcile', 'disabled', 'ignore'],
    ['annotations', 'reconcile', 'Disabled', 'ignore'],
    ['annotations', 'ssa', 'Ignore', 'ignore'],
    ['annotations', 'ssa', 'IfNotPresent', 'create-only'],
    ['annotations', 'ssa', 'Merge', 'merge'],
    ['annotations', 'ssa', 'Override', 'apply'],
    ['annotations', 'prune', 'disabled', 'apply'],
  ])('in %s with %s: %s to %s it', (field, key, value, expected) => {
    const object = { metadata: { [field]: { [`kustomize.toolkit.fluxcd.io/${key}`]: value } } };

    expect(handlingOf(object)).toBe(expected);
  });
});
