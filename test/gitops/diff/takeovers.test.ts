import { describe, expect, test } from '@jest/globals';
import { takeoversOf } from '../../../src/gitops/diff/takeovers.ts';
import type { Cause, Change } from '../../../src/model/change.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { Path } from '../../../src/model/path.ts';
import { type ResourceId, resourceKey } from '../../../src/model/resource.ts';

const web: ResourceId = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
const key = resourceKey(web);
const ports: Path = ['spec', 'ports', { port: 80 }, 'name'];

describe('a takeover that was shown', () => {
  test.each<readonly [string, Path, JsonObject, string]>([
    ['a field', ['spec', 'replicas'], { 'f:spec': { 'f:replicas': {} } }, '.spec.replicas'],
    ['a key with dots', ['data', 'app.conf'], { 'f:data': { 'f:app.conf': {} } }, '.data.app.conf'],
    [
      'an item of a list, with all its keys in order, however few were shown',
      ports,
      { 'f:spec': { 'f:ports': { 'k:{"protocol":"TCP","port":80}': { '.': {}, 'f:name': {} } } } },
      '.spec.ports[port=80,protocol="TCP"].name',
    ],
    ['a value inside one owned whole', ['spec', 'args', 0], { 'f:spec': { 'f:args': {} } }, '.spec.args'],
  ])('names %s as the server does', (_, path, fields, field) => {
    expect(shown([[path, 'takeover']], entry('kubectl', fields))).toEqual([
      { key, fields: [{ field, owner: 'kubectl' }] },
    ]);
  });

  test('names every owner but our own apply entry, with its subresource', () => {
    const fields = { 'f:spec': { 'f:replicas': {} } };
    const entries = [
      { ...entry('kubectl', fields), subresource: 'scale' },
      { ...entry('fairlead', fields), operation: 'Update' },
      entry('fairlead', fields),
      entry('other', { 'f:spec': { 'f:paused': {} } }),
    ];

    expect(shown([[['spec', 'replicas'], 'takeover']], ...entries)[0]?.fields.map(({ owner }) => owner)).toEqual([
      'fairlead',
      'kubectl (scale)',
    ]);
  });

  test.each<readonly [string, Path, Cause, JsonObject]>([
    ['a field that changes for another cause', ['spec', 'replicas'], 'git', { 'f:spec': { 'f:replicas': {} } }],
    [
      'a value of which others own parts',
      ['spec', 'template'],
      'takeover',
      { 'f:spec': { 'f:template': { 'f:a': {} } } },
    ],
    ['a place in a set', ['spec', 'keys', 0], 'takeover', { 'f:spec': { 'f:keys': { 'v:"a"': {} } } }],
  ])('is not %s', (_, path, cause, fields) => {
    expect(shown([[path, cause]], entry('kubectl', fields))).toEqual([]);
  });
});

function shown(paths: readonly (readonly [Path, Cause])[], ...managedFields: readonly JsonObject[]) {
  const changed = paths.map(([path, cause]) => ({ path, cause, before: 1, after: 2 }));
  const change: Change = { target: 't', part: 'already', resource: web, action: 'update', paths: changed };
  return takeoversOf([change], new Map([[key, { metadata: { managedFields } }]]), 'fairlead');
}

function entry(manager: string, fieldsV1: JsonObject): JsonObject {
  return { manager, operation: 'Apply', apiVersion: 'apps/v1', fieldsV1 };
}
