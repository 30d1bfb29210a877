import { expect, test } from '@jest/globals';
import { directoryFilter } from '../../../src/formats/argocd/directory.ts';

const files = ['a.yaml', 'b.yml', 'c.json', 'd.jsonnet', 'e.txt', 'deep/f.yaml', 'deep/er/config.json'];

test.each([
  ['its own', { recurse: false, include: '', exclude: '' }, ['a.yaml', 'b.yml', 'c.json', 'd.jsonnet']],
  [
    'those below too',
    { recurse: true, include: '', exclude: '*.jsonnet' },
    ['a.yaml', 'b.yml', 'c.json', 'deep/f.yaml', 'deep/er/config.json'],
  ],
  [
    'what is included',
    { recurse: true, include: '{*.yml,*.json}', exclude: '' },
    ['b.yml', 'c.json', 'deep/er/config.json'],
  ],
  ['not what is excluded', { recurse: true, include: '*.json', exclude: '{config.json,*/config.json}' }, ['c.json']],
  ['nothing by a broken pattern', { recurse: true, include: '[a', exclude: '' }, []],
  [
    'what braces name that do not close',
    { recurse: true, include: '{*.{yml,json}', exclude: '{config.json,deep/{x,er/c}*' },
    ['b.yml', 'c.json'],
  ],
  ['all where what is excluded is broken', { recurse: false, include: '*.yaml', exclude: '[' }, ['a.yaml']],
])('a directory gives %s', (_title, options, expected) => {
  expect(files.filter(directoryFilter(options))).toEqual(expected);
});
