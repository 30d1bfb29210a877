import { expect, test } from '@jest/globals';
import { overlayOptions } from '../../../src/formats/argocd/source-overlay.ts';
import type { JsonObject } from '../../../src/model/json.ts';

const parameters = [{ name: 'a', value: '1', forceString: true }, { name: 'b' }];

test.each<[string, JsonObject, JsonObject, JsonObject]>([
  [
    'add to what is there',
    { kustomize: { namePrefix: 'a-' } },
    { kustomize: { nameSuffix: '-b', commonLabels: { x: 'y' } }, helm: { releaseName: 'r' } },
    { kustomize: { namePrefix: 'a-', nameSuffix: '-b', commonLabels: { x: 'y' } }, helm: { releaseName: 'r' } },
  ],
  [
    'take nothing back',
    { kustomize: { namePrefix: 'a-', commonLabels: { x: 'y' } } },
    { kustomize: { namePrefix: null, commonLabels: { x: null } }, helm: null },
    { kustomize: { namePrefix: 'a-', commonLabels: { x: 'y' } } },
  ],
  [
    'name fields in any case',
    {},
    { helm: { Parameters: [{ name: 'a', forcestring: true }] } },
    { helm: { parameters: [{ name: 'a', forceString: true }] } },
  ],
  [
    'lay entries of a list over those that stood there',
    { helm: { parameters } },
    { helm: { parameters: [{ name: 'c', value: null }] } },
    { helm: { parameters: [{ name: 'c', value: '1', forceString: true }] } },
  ],
  [
    'put a list of text in the place of the other',
    { helm: { valueFiles: ['a', 'b'] } },
    { helm: { valueFiles: ['c'] } },
    { helm: { valueFiles: ['c'] } },
  ],
  [
    'merge values, of which null removes one',
    { helm: { valuesObject: { a: { b: 1, c: 2 } } } },
    { helm: { valuesObject: { a: { b: null, D: 3 } } } },
    { helm: { valuesObject: { a: { c: 2, D: 3 } } } },
  ],
  [
    'leave out what is no option, and where the files are',
    { path: 'web' },
    { path: 'other', nonsense: 1, directory: { recurse: true, other: 1 } },
    { path: 'web', directory: { recurse: true } },
  ],
  [
    'keep what has a wrong type for its reader',
    {},
    { helm: [], kustomize: { images: 1 } },
    {
      helm: [],
      kustomize: { images: 1 },
    },
  ],
])('options of a file %s', (_title, before, over, expected) => {
  expect(overlayOptions(before, over)).toEqual(expected);
});
