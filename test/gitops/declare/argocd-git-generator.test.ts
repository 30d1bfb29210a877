import { describe, expect, test } from '@jest/globals';
import { generated, ownUrl, template, testWorld } from './argocd-support.ts';

describe('the Git generator', () => {
  const addons = {
    'addons/argo-workflows/kustomization.yaml': '',
    'addons/prometheus-operator/Chart.yaml': '',
    'addons/exclude-helm/Chart.yaml': '',
    'addons/.hidden/x.yaml': '',
    'addons/deep/er/x.yaml': '',
    'README.md': '',
  };
  const git = (lines: string) =>
    `generators:\n  - git:\n      repoURL: ${ownUrl}\n      revision: HEAD\n${lines.replaceAll(/^(?=.)/gm, '      ')}\n`;

  test.each([
    ['folders', 'directories: [{path: addons/*}]', ['argo-workflows', 'deep', 'exclude-helm', 'prometheus-operator']],
    [
      'folders but one',
      'directories: [{path: addons/*}, {path: addons/exclude-helm, exclude: true}]',
      ['argo-workflows', 'deep', 'prometheus-operator'],
    ],
    [
      'folders but some, in any order',
      'directories: [{path: addons/*e*, exclude: true}, {path: addons/*}]',
      ['argo-workflows'],
    ],
    ['folders of folders', 'directories: [{path: addons/*/*}]', ['er']],
    ['the topmost', "directories: [{path: '*'}]", ['addons']],
    ['none by a broken pattern', "directories: [{path: 'addons/[x'}]", []],
  ])('finds %s', async (_title, lines, expected) => {
    const found = await generated(`${git(lines)}${template('{{path.basename}}', '{{path}}')}`, testWorld(addons));

    expect(found.map((line) => line.split(' ')[0])).toEqual(expected);
  });

  test('gives a folder in pieces', async () => {
    const spec = `${git('directories: [{path: Apps/Web_1}]\nvalues: {first: "{{path[0]}}"}')}${template('{{path.basenameNormalized}}-{{values.first}}-{{path[1]}}', '{{path}}')}`;

    expect(await generated(spec, testWorld({ 'Apps/Web_1/x.yaml': '' }))).toEqual([
      'web-1-Apps-Web_1 -> c/ns Apps/Web_1@HEAD',
    ]);
  });

  test('gives them by a name of their own with a prefix', async () => {
    const spec = `${git('directories: [{path: apps/*}]\npathParamPrefix: app')}${template('{{app.path.basename}}-{{app.path[0]}}{{path}}')}`;

    expect(await generated(spec, testWorld({ 'apps/web/x.yaml': '' }))).toEqual(['web-apps{{path}} -> c/ns apps@HEAD']);
  });

  const configs = {
    'cluster-config/engineering/dev/config.json':
      '{"cluster": {"name": "engineering-dev", "address": "https://1.2.3.4", "port": 8443000}}',
    'cluster-config/engineering/prod/config.json':
      '{"cluster": {"name": "engineering-prod", "address": "https://5.6.7.8", "on": true, "tags": ["a", "b"]}}',
    'cluster-config/README.md': '',
  };

  test.each([
    ['a star crosses folders, as Git has it', 'pathspec', 'cluster-config/*.json', 2],
    ['two stars too', 'pathspec', 'cluster-config/**/config.json', 2],
    ['a folder is all below it', 'pathspec', 'cluster-config/engineering/dev', 1],
    ['with new globbing a star crosses none', 'doublestar', 'cluster-config/*.json', 0],
    ['with new globbing two stars do', 'doublestar', 'cluster-config/**/config.json', 2],
    ['with new globbing braces choose', 'doublestar', 'cluster-config/*/{dev,test}/config.json', 1],
  ] as const)('finds files: %s', async (_title, fileGlobbing, path, count) => {
    const found = await generated(
      `${git(`files: [{path: '${path}'}]`)}${template('{{cluster.name}}')}`,
      testWorld(configs, { fileGlobbing }),
    );

    expect(found).toHaveLength(count);
  });

  test('leaves files out, and puts what they hold into one level of names', async () => {
    const spec = `${git("files: [{path: '**/config.json'}, {path: '**/dev/*', exclude: true}]")}${template('{{cluster.name}}-{{cluster.on}}-{{cluster.tags.1}}-{{path.filenameNormalized}}', '{{path}}', "server: '{{cluster.address}}'")}`;

    expect(await generated(spec, testWorld(configs))).toEqual([
      'engineering-prod-true-b-config.json -> https://5.6.7.8/ns cluster-config/engineering/prod@HEAD',
    ]);
  });

  test("numbers look as Go's do", async () => {
    const spec = `${git("files: [{path: '**/dev/config.json'}]")}${template('{{cluster.port}}')}`;

    expect(await generated(spec, testWorld(configs))).toEqual(['8.443e+06 -> c/ns apps@HEAD']);
  });

  test('a file may hold a list, or nothing', async () => {
    const files = { 'c/a.yaml': '- {name: one}\n- {name: two}\n', 'c/b.yaml': '' };

    expect(
      await generated(`${git("files: [{path: 'c/*'}]")}${template('{{name}}-{{path.filename}}')}`, testWorld(files)),
    ).toEqual(['one-a.yaml -> c/ns apps@HEAD', 'two-a.yaml -> c/ns apps@HEAD', '{{name}}-b.yaml -> c/ns apps@HEAD']);
  });

  test.each([
    [
      'a file that holds neither',
      "files: [{path: 'c/*'}]",
      /^argocd-invalid:6 unable to process file 'c\/a.yaml' from repository .*: unable to parse file: it holds neither/,
    ],
    ['neither folders nor files', 'values: {}', /^argocd-invalid:6 ApplicationSet is empty/],
  ])('refuses %s', async (_title, lines, message) => {
    const [line] = await generated(`${git(lines)}${template('x')}`, testWorld({ 'c/a.yaml': 'text' }));

    expect(line).toMatch(message);
  });

  test('cannot tell what another repository or revision holds', async () => {
    const spec = `generators: [git: {repoURL: ${ownUrl}, revision: v1, directories: [{path: '*'}]}]\n${template('x')}`;

    expect(await generated(spec)).toEqual([
      `argocd-incomplete:5 the Git generator reads ${ownUrl} at v1, which is not at hand here`,
    ]);
  });
});
