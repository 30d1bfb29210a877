import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pickText } from '../../../src/model/json.ts';
import { argoApp, configMap, type DeclaredWorld, openDeclaredWorld, ownUrl, renderedOf } from './declared-support.ts';

let world: DeclaredWorld;

beforeAll(() => {
  world = openDeclaredWorld();
});
afterAll(() => world.close());

describe('values at an address', () => {
  const chart = {
    'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'web/values.yaml': 'color: red\nnote: none\n',
    'web/templates/cm.yaml': configMap('web', '{color: {{ .Values.color }}, note: {{ .Values.note | quote }}}'),
  };
  const withHelm = (helm: string) => ({
    ...chart,
    'apps/web.yaml': argoApp('web', `source: {repoURL: "${ownUrl}", targetRevision: main, path: web, helm: ${helm}}`),
  });

  test('are fetched, and merged where they stand among the others', async () => {
    const files = {
      ...withHelm(
        '{valueFiles: ["https://v.example.com/green.yaml?token=s3cret", own.yaml, "https://v.example.com/blue.yaml?at=0123456789"]}',
      ),
      'web/own.yaml': 'note: own\ncolor: grey\n',
    };
    const { resources, findings } = await renderedOf(files, 'web', world);

    expect(resources.map(({ object }) => pickText(object, 'data', 'color'))).toEqual(['blue']);
    expect(resources.map(({ object }) => pickText(object, 'data', 'note'))).toEqual(['own']);
    expect(world.askedFiles.slice(-2)).toEqual([
      'https://v.example.com/green.yaml?token=s3cret',
      'https://v.example.com/blue.yaml?at=0123456789',
    ]);
    expect(findings).toMatchObject([{ rule: 'unpinned-base', severity: 'note', file: 'apps/web.yaml', line: 1 }]);
    expect(findings[0]?.message).toContain('https://v.example.com/green.yaml, which');
  });

  test('may be the file of a parameter', async () => {
    const files = withHelm('{fileParameters: [{name: note, path: "https://v.example.com/teal.yaml"}]}');

    const { resources } = await renderedOf(files, 'web', world);
    expect(resources.map(({ object }) => pickText(object, 'data', 'note'))).toEqual(['color: teal\n']);
  });

  test('that are not there are told of where they are named', async () => {
    const files = withHelm('{valueFiles: ["https://v.example.com/"], ignoreMissingValueFiles: true}');

    await expect(renderedOf(files, 'web', world)).rejects.toMatchObject({
      code: 'source-missing',
      subject: 'apps/web.yaml:1',
      message: expect.stringMatching(/^apps\/web.yaml needs https:\/\/v.example.com\/: /),
    });
  });

  test('are not asked for where that is forbidden', async () => {
    const before = world.askedFiles.length;
    const files = withHelm('{valueFiles: ["https://v.example.com/green.yaml"]}');

    await expect(renderedOf(files, 'web', world, { unfetched: 'the pull comes from a fork' })).rejects.toMatchObject({
      code: 'source-untrusted',
      subject: 'apps/web.yaml:1',
    });
    expect(world.askedFiles.length).toBe(before);
  });
});
