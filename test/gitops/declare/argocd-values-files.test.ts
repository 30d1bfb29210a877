import { describe, expect, test } from '@jest/globals';
import { resolveValuesFiles } from '../../../src/gitops/declare/argocd-values-files.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { signal } from './argocd-support.ts';

const tree = memoryTree({
  'charts/web/values.yaml': '',
  'charts/web/envs/a.yaml': '',
  'charts/web/envs/b.yaml': '',
  'charts/web/envs/deep/c.yaml': '',
  'charts/web/more/x/v.yaml': '',
  'charts/web/more/x-y/v.yaml': '',
  'charts/web/more/a/x/v.yaml': '',
  'shared/values.yaml': '',
});
const refs = new Map([['values', memoryTree({ 'prod/web.yaml': '', 'prod/x.yaml': '' })]]);

async function resolved(valuesFiles: readonly string[], ignoreMissingValuesFiles = false) {
  const trees = { folder: 'charts/web', tree, refs };
  const options = { valuesFiles, ignoreMissingValuesFiles };
  const { found, missing, folders } = await resolveValuesFiles(options, trees, signal);
  return [
    ...found.map(({ ref, path }) => (ref === null ? path : `${ref}:${path}`)),
    ...missing.map((one) => `- ${one}`),
    ...folders.map((one) => `${one}/`),
  ];
}

describe('values files', () => {
  test.each([
    [
      'beside the chart, from the root and elsewhere',
      ['values.yaml', '/shared/values.yaml', '../../shared/values.yaml'],
      ['charts/web/values.yaml', 'shared/values.yaml'],
    ],
    [
      'of another source',
      ['$values/prod/web.yaml', '$values/prod/*.yaml'],
      ['values:prod/web.yaml', 'values:prod/x.yaml'],
    ],
    ['at an address', ['https://a.example/values.yaml'], ['https://a.example/values.yaml']],
    ['by a pattern', ['envs/*.yaml'], ['charts/web/envs/a.yaml', 'charts/web/envs/b.yaml']],
    [
      'by a pattern of any depth',
      ['envs/**/*.yaml'],
      ['charts/web/envs/a.yaml', 'charts/web/envs/b.yaml', 'charts/web/envs/deep/c.yaml'],
    ],
    [
      'by a pattern, with one that is named later in its own place',
      ['envs/*.yaml', 'values.yaml', 'envs/a.yaml'],
      ['charts/web/envs/b.yaml', 'charts/web/values.yaml', 'charts/web/envs/a.yaml'],
    ],
    [
      'that are not there',
      ['none.yaml', 'none/*.yaml', '../../../out.yaml', '$other/a.yaml'],
      ['- none.yaml', '- none/*.yaml', '- ../../../out.yaml', '- $other/a.yaml'],
    ],
    [
      'by folders in the order of their names',
      ['more/*/v.yaml'],
      ['charts/web/more/x/v.yaml', 'charts/web/more/x-y/v.yaml'],
    ],
    [
      'by a folder of any depth, the nearest first',
      ['more/**/x/*.yaml'],
      ['charts/web/more/x/v.yaml', 'charts/web/more/a/x/v.yaml'],
    ],
    [
      'by alternatives, whatever their order',
      ['envs/{b,a,none}.y*', '{more/x-y,more/x}/*'],
      [
        ...['charts/web/envs/a.yaml', 'charts/web/envs/b.yaml'],
        ...['charts/web/more/x/v.yaml', 'charts/web/more/x-y/v.yaml'],
      ],
    ],
    ['unless they are folders', ['envs', 'envs/d*'], ['charts/web/envs/', 'charts/web/envs/deep/']],
    ['by every file below a folder', ['envs/de*/**'], ['charts/web/envs/deep/c.yaml', 'charts/web/envs/deep/']],
    ['not by a malformed pattern', ['envs/[a.yaml'], ['- envs/[a.yaml']],
  ])('are found %s', async (_title, files, expected) => {
    expect(await resolved(files)).toEqual(expected);
  });

  test('that are folders may not be left out', async () => {
    expect(await resolved(['envs'], true)).toEqual(['charts/web/envs/']);
  });

  test('that are not there may be left out, but never those outside', async () => {
    expect(await resolved(['none.yaml', 'none/*', 'values.yaml', '../../../out.yaml'], true)).toEqual([
      'charts/web/values.yaml',
      '- ../../../out.yaml',
    ]);
  });
});
