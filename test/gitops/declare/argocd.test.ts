import { describe, expect, test } from '@jest/globals';
import { followsBranch, isThisRepository } from '../../../src/formats/repository-url.ts';
import { type Declared, declareArgo } from '../../../src/gitops/declare/argocd.ts';
import { declareAll } from '../../../src/gitops/declare/argocd-all.ts';
import { findArgoObjects, type KnownFiles } from '../../../src/gitops/declare/argocd-objects.ts';
import { documentOf, overrideFromTree } from '../../../src/gitops/declare/argocd-overrides.ts';
import type { Resource } from '../../../src/model/resource.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { objectsOf, ownUrl, signal, summary, testWorld } from './argocd-support.ts';

type Files = Readonly<Record<string, string>>;

function app(name: string, source = `{repoURL: ${ownUrl}, path: ${name}}`, metadata = ''): string {
  return `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: ${name}${metadata}}
spec:
  project: default
  destination: {name: prod, namespace: shop}
  source: ${source}
`;
}

function set(name: string, element: string): string {
  return `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: ${name}}
spec:
  generators: [list: {elements: [${element}]}]
  template:
    metadata: {name: '{{name}}'}
    spec: {project: p, destination: {name: c}, source: {repoURL: https://a.example/x, path: x}}
`;
}

function declared(text: string, files: Files = {}): Promise<Declared> {
  return declareArgo(objectsOf(text, 'apps/x.yaml'), { via: [], declaredAt: null }, testWorld(files), signal);
}

describe('this repository and its branch', () => {
  test('is told by any of its addresses', () => {
    expect(isThisRepository('git@github.com:Acme/fleet', ['https://gitlab.example/acme/fleet', ownUrl])).toBe(true);
    expect(isThisRepository('https://github.com/acme/other', [ownUrl])).toBe(false);
    expect(isThisRepository('', [ownUrl])).toBe(false);
  });

  test.each([
    ['main', 'main', true],
    ['refs/heads/main', 'main', true],
    ['', 'main', true],
    ['HEAD', 'main', true],
    ['HEAD', 'release', false],
    ['release', 'release', true],
    ['feature/x', 'feature/x', true],
    ['v1.0.0', 'main', false],
    ['refs/tags/main', 'main', false],
    ['1.x', 'main', false],
    ['0123456789abcdef0123456789abcdef01234567', 'main', false],
  ])('"%s" is followed by a pull into %s: %s', (revision, branch, expected) => {
    expect(followsBranch(revision, branch, 'main')).toBe(expected);
  });
});

/** All may hold objects; what stands beside a kustomization and is named in it is built. */
function known(files: Files): KnownFiles {
  const built = Object.entries(files).flatMap(([path, text]) =>
    path.endsWith('/kustomization.yaml')
      ? Object.keys(files).filter(
          (other) => other.startsWith(path.slice(0, -18)) && text.includes(other.slice(path.length - 18)),
        )
      : [],
  );
  return { likely: new Set(Object.keys(files)), built: new Set(built) };
}

describe('objects of Argo CD in a tree', () => {
  const found = async (files: Files) => {
    const { resources, findings } = await findArgoObjects(memoryTree(files), known(files), signal);
    return [
      ...resources.map(({ id, source }) => `${id.kind} ${id.name} ${source?.file}:${source?.line}`),
      ...findings.map(({ rule, file, line }) => `${rule} ${file}:${line}`),
    ];
  };

  test('are those of every file, wherever it is', async () => {
    const files = {
      'a/app.yaml': `${app('one')}---\n${app('two')}`,
      '.argocd/set.yml': set('teams', ''),
      'docs/app.json': '{"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "json"}}',
      'a/list.yaml': `apiVersion: v1\nkind: List\nitems:\n  - ${app('three').trim().replaceAll('\n', '\n    ')}\n`,
      'a/project.yaml': 'apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: p}\n',
      'a/other.yaml': 'apiVersion: app.k8s.io/v1beta1\nkind: Application\nmetadata: {name: argoproj.io/v1alpha1}\n',
      'a/app.txt': app('text'),
    };

    expect((await found(files)).sort()).toEqual([
      'Application json docs/app.json:1',
      'Application one a/app.yaml:1',
      'Application three a/list.yaml:4',
      'Application two a/app.yaml:9',
      'ApplicationSet teams .argocd/set.yml:1',
    ]);
  });

  test('are not templates of charts, nor what a kustomization builds', async () => {
    const files = {
      'chart/Chart.yaml': 'name: x\n',
      'chart/templates/app.yaml': app('{{ .Values.name }}'),
      'templates/app.yaml': app('plain'),
      'root/kustomization.yaml': 'resources: [app.yaml]\n',
      'root/app.yaml': app('built'),
      'root/left.yaml': app('left'),
    };

    expect(await found(files)).toEqual(['Application left root/left.yaml:1', 'Application plain templates/app.yaml:1']);
  });

  test('that cannot be read are told', async () => {
    expect(await found({ 'a.yaml': `${app('x')}  broken: [` })).toEqual([
      expect.stringMatching(/^argocd-unreadable a.yaml:\d+$/),
    ]);
  });
});

describe('overrides in the source of this repository', () => {
  const kustomized = app('web', `{repoURL: ${ownUrl}, path: web, kustomize: {images: [web:1]}}`, ', namespace: argocd');

  test('come from files of its folder, that of the application last', async () => {
    const files = {
      'web/.argocd-source.yaml': 'kustomize: {images: [web:2], namePrefix: a-}\n',
      'web/.argocd-source-web.yaml': 'kustomize: {namePrefix: b-}\n',
      'web/.argocd-source-other.yaml': 'kustomize: {namePrefix: c-}\n',
    };

    const { applications } = await declared(kustomized, files);

    expect(applications[0]?.sources[0]?.kustomize).toMatchObject({ images: ['web:2'], namePrefix: 'b-' });
    expect(applications[0]?.object).toMatchObject({ spec: { source: { kustomize: { images: ['web:1'] } } } });
  });

  test('are named with the namespace outside that of Argo CD', async () => {
    const files = { 'web/.argocd-source-team_web.yaml': 'helm: {releaseName: x}\n' };

    const { applications } = await declared(app('web', undefined, ', namespace: team'), files);

    expect(applications[0]?.sources[0]?.helm?.releaseName).toBe('x');
  });

  test.each([
    ['a list', '- a\n', 'apps/x.yaml:1 error while parsing source parameters: web/.argocd-source.yaml is no object'],
    ['broken YAML', 'a: [\n', /^apps\/x.yaml:1 error while parsing source parameters: web\/.argocd-source.yaml:/],
    ['a second kind', 'helm: {releaseName: x}\n', 'apps/x.yaml:7 multiple application sources defined: Kustomize,Helm'],
  ])('that are %s mean none', async (_title, text, message) => {
    const { applications, findings, unknown } = await declared(kustomized, { 'web/.argocd-source.yaml': text });

    const [line] = findings.map((finding) => `${finding.file}:${finding.line} ${finding.message}`);
    if (typeof message === 'string') expect(line).toBe(message);
    else expect(line).toMatch(message);
    expect([applications, unknown]).toEqual([[], ['Application web']]);
  });

  test('of a source fetched later are merged when its files are there', async () => {
    const fetched = app('web', '{repoURL: https://a.example/x, path: web}');
    const { applications } = await declared(fetched);
    const [application] = applications;
    if (application === undefined) throw new Error('none');
    const tree = memoryTree({ 'web/.argocd-source.yaml': 'plugin: {name: cdk}\n' });

    const changed = await overrideFromTree(
      { application, document: documentOf(application) },
      { index: 0, tree, folder: 'web', hydrator: 'sync' },
      testWorld({}),
      signal,
    );

    expect(changed.application?.sources[0]?.plugin).toBe('cdk');
  });

  test.each([
    ['is not there', 'web', 'apps/x.yaml:7 web: app path does not exist'],
    ['is a file', 'file', 'apps/x.yaml:7 file: app path is not a directory'],
  ])('a folder that %s is refused', async (_title, path, message) => {
    const { findings } = await declared(app('web', `{repoURL: ${ownUrl}, path: ${path}}`), { file: '' });

    expect(findings.map(({ file, line, message: text }) => `${file}:${line} ${text}`)).toEqual([message]);
  });

  test('a hydrator is read where it starts when that is at hand, else where it writes', async () => {
    const hydrated = (url: string) =>
      app('web').replace(
        /source: .*/,
        `sourceHydrator: {drySource: {repoURL: ${url}, path: dry, targetRevision: main}, syncSource: {targetBranch: env, path: wet}}`,
      );

    expect(summary(await declared(hydrated(ownUrl), { 'dry/x.yaml': '' }))).toEqual(['web -> prod/shop dry@main']);
    expect(summary(await declared(hydrated('https://a.example/x')))).toEqual(['web -> prod/shop wet@env']);
  });
});

describe('all applications of a tree', () => {
  /** Renders an application by the plain manifests of its folder. */
  async function all(files: Files, roots: readonly Resource[] = []) {
    const rendered: string[] = [];
    const result = await declareAll(
      memoryTree(files),
      {
        ...{ files: known(files), world: testWorld(files), roots },
        renderChildren: async ({ name, sources }) => {
          rendered.push(name);
          const folder = sources[0]?.place.kind === 'git' ? sources[0].place.path : '';
          const own = Object.entries(files).filter(([path]) => path.startsWith(`${folder}/`));
          return own.flatMap(([path, text]) => objectsOf(text, path));
        },
      },
      signal,
    );
    const lines = result.applications.map(({ name, via }) => [...via, name].join(' > ')).sort();
    return {
      rendered: rendered.sort(),
      lines,
      messages: result.findings.map(({ rule, message }) => `${rule} ${message}`),
    };
  }
  const config = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n';

  test('are those of files and those they render, once each, with what brought them about', async () => {
    const files = {
      'root.yaml': app('root', `{repoURL: ${ownUrl}, path: level1}`),
      'level1/a.yaml': app('a', `{repoURL: ${ownUrl}, path: level2}`),
      'level1/set.yaml': set('teams', '{name: t}'),
      'level2/b.yaml': app('b', `{repoURL: ${ownUrl}, path: leaf}`),
      'leaf/c.yaml': config,
    };

    expect(await all(files)).toEqual({
      rendered: ['a', 'b', 'root', 't'],
      lines: [
        'Application root > Application a > b',
        'Application root > ApplicationSet teams > t',
        'Application root > a',
        'root',
      ],
      messages: [],
    });
  });

  test('are also those of roots that are rendered without one', async () => {
    const files = { 'leaf/c.yaml': config };

    expect((await all(files, objectsOf(app('boot', `{repoURL: ${ownUrl}, path: leaf}`), 'boot/x.yaml'))).lines).toEqual(
      ['boot'],
    );
  });

  test('one that renders itself is nothing to tell', async () => {
    const files = { 'apps/root.yaml': app('root', `{repoURL: ${ownUrl}, path: apps}`) };

    expect(await all(files)).toEqual({ rendered: ['root'], lines: ['root'], messages: [] });
  });

  test('those that render each other are told by their chain, once', async () => {
    const files = {
      'a/x.yaml': app('b', `{repoURL: ${ownUrl}, path: b}`),
      'b/x.yaml': app('c', `{repoURL: ${ownUrl}, path: c}`),
      'c/x.yaml': app('b', `{repoURL: ${ownUrl}, path: b}`).replace('name: b', 'name: a').replace('path: b', 'path: a'),
    };

    const { rendered, messages } = await all(files);

    expect(rendered).toEqual(['a', 'b', 'c']);
    expect(messages).toEqual(['argocd-cycle The applications b -> c -> a -> b declare each other.']);
  });

  test('without end are stopped', async () => {
    let count = 0;
    const files = { 'x.yaml': app('a0', `{repoURL: ${ownUrl}, path: d}`), 'd/x': '' };
    const result = await declareAll(
      memoryTree(files),
      {
        ...{ files: known(files), world: testWorld(files), roots: [] },
        renderChildren: async () => {
          count += 1;
          return objectsOf(app(`a${count}`, `{repoURL: ${ownUrl}, path: d}`), 'd/chart.yaml');
        },
      },
      signal,
    );

    expect(count).toBe(32);
    expect(result.findings).toMatchObject([
      {
        rule: 'argocd-incomplete',
        message: 'Application a32 is deeper than 32 levels; it and what it declares is left out.',
      },
    ]);
  });

  test('of one name in two places are two', async () => {
    const files = {
      'clusters/dev/web.yaml': app('web', `{repoURL: ${ownUrl}, path: d}`),
      'clusters/prod/web.yaml': app('web', `{repoURL: ${ownUrl}, path: d}`),
      'd/x': '',
    };

    expect((await all(files)).lines).toEqual(['web', 'web']);
  });
});
