import { describe, expect, test } from '@jest/globals';
import { readFluxHelmRelease } from '../../../src/formats/flux/helm-release.ts';
import { declareHelmRelease, declareKustomization } from '../../../src/gitops/declare/flux-declared.ts';
import { postRenderTree } from '../../../src/gitops/declare/flux-post-render.ts';
import { resolveSources } from '../../../src/gitops/declare/flux-sources.ts';
import { resourceOf, resourcesOf } from '../../formats/flux/support.ts';
import { kustomization, textOf } from './support.ts';

const own = { urls: ['https://git.example.com/acme/fleet.git'], branch: 'main' };

function sourceText(kind: string, name: string, spec: string): string {
  return `apiVersion: source.toolkit.fluxcd.io/v1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: flux-system}\nspec: ${spec}\n`;
}

function git(spec: string) {
  const sources = resolveSources(resourcesOf(sourceText('GitRepository', 'fleet', spec)), own);
  return sources.find({ kind: 'GitRepository', namespace: 'flux-system', name: 'fleet' });
}

describe('a GitRepository', () => {
  test.each([
    ['{branch: main}', 'main', true],
    ['{branch: dev}', 'dev', false],
    ['{branch: main, tag: v1}', 'v1', false],
    ['{tag: v1, semver: 1.x}', '1.x', false],
    ['{name: refs/heads/main, semver: 1.x}', 'refs/heads/main', true],
    ['{name: refs/tags/v1}', 'refs/tags/v1', false],
    ['{commit: abc, branch: main}', 'abc', false],
    ['{}', 'master', false],
  ])('with ref %s is fetched at %s; follows the review: %s', (ref, revision, followsReview) => {
    expect(git(`{url: "ssh://git@git.example.com/acme/fleet", ref: ${ref}}`)).toMatchObject({
      place: { kind: 'git', revision, path: '' },
      isOwn: true,
      followsReview,
    });
  });

  test('with a range of versions says so, so that no branch is taken for it', () => {
    const placeAt = (ref: string) => git(`{url: "https://git.example.com/acme/fleet", ref: ${ref}}`)?.place;

    expect(placeAt('{semver: 1.0.0}')).toMatchObject({ revision: '1.0.0', reads: 'range' });
    expect(placeAt('{tag: 1.0.0}')).not.toHaveProperty('reads');
  });

  test('of another repository is not this one, whatever its branch', () => {
    expect(git('{url: "https://git.example.com/acme/other", ref: {branch: main}}')).toMatchObject({
      isOwn: false,
      followsReview: false,
    });
  });

  test('that bootstrap makes needs no object, any other does', () => {
    const { find } = resolveSources([], own);

    expect(find({ kind: 'GitRepository', namespace: 'flux-system', name: 'flux-system' })).toMatchObject({
      followsReview: true,
    });
    expect(find({ kind: 'GitRepository', namespace: 'flux-system', name: 'fleet' })).toBeNull();
  });

  test('without a URL is told', () => {
    const { findings } = resolveSources(resourcesOf(sourceText('GitRepository', 'fleet', '{}')), own);

    expect(findings).toMatchObject([{ rule: 'flux-invalid', line: 4 }]);
  });
});

describe('what a Kustomization declares', () => {
  test('is the folder of its source, with its options', () => {
    const read = kustomization({
      path: './apps',
      targetNamespace: 'shop',
      prune: false,
      images: [
        { name: 'a', newName: 'b', newTag: '1' },
        { name: 'c', digest: 'sha256:0' },
      ],
    });

    const declared = declareKustomization(read, git('{url: "https://x.example.com/a/b", ref: {branch: main}}'), {
      ...{ via: ['Kustomization flux-system/root'], hints: ['clusters/prod/root.yaml'] },
    });

    expect(declared).toMatchObject({
      kind: 'flux-kustomization',
      name: 'apps',
      namespace: 'flux-system',
      destination: { server: null, cluster: null, namespace: 'shop' },
      sources: [
        {
          place: { kind: 'git', url: 'https://x.example.com/a/b', revision: 'main', path: 'apps' },
          kustomize: { namespace: 'shop', images: ['a=b:1', 'c@sha256:0'] },
          helm: null,
        },
      ],
      syncOptions: ['ServerSideApply=true', 'Prune=false'],
      via: ['Kustomization flux-system/root'],
      hints: ['apps', 'apps', 'flux.yaml', 'clusters/prod/root.yaml'],
    });
    expect(declareKustomization(read, null, { via: [], hints: [] }).sources).toEqual([]);
  });
});

describe("a HelmRelease's chart comes from", () => {
  const objects = [
    sourceText('HelmRepository', 'charts', '{url: "https://charts.example.com"}'),
    sourceText('HelmRepository', 'oci', '{url: "oci://r.example.com/charts", type: oci}'),
    sourceText('GitRepository', 'fleet', '{url: "https://git.example.com/acme/fleet", ref: {branch: main}}'),
    sourceText('OCIRepository', 'tagged', '{url: "oci://r.example.com/charts/web", ref: {tag: "1.2"}}'),
    sourceText(
      'OCIRepository',
      'pinned',
      '{url: "oci://r.example.com/charts/web", ref: {tag: "1", digest: "sha256:ab"}}',
    ),
    sourceText('HelmChart', 'made', '{chart: db, version: 2.x, sourceRef: {kind: HelmRepository, name: charts}}'),
    sourceText('Bucket', 'bucket', '{endpoint: x}'),
  ].join('---\n');

  function declared(spec: string) {
    const release = readFluxHelmRelease(
      resourceOf(
        `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web, namespace: flux-system}\nspec: ${spec}\n`,
      ),
    );
    if (!('kind' in release)) throw new Error(JSON.stringify(release));
    const composed = { values: { a: 1 }, parameters: [] };
    return declareHelmRelease(
      release,
      { sources: resolveSources(resourcesOf(objects), own), composed },
      { via: [], hints: [] },
    );
  }

  const template = (kind: string, name: string, more = '') =>
    `{chart: {spec: {chart: ./charts/web, sourceRef: {kind: ${kind}, name: ${name}}${more}}}}`;
  const reference = (kind: string, name: string) => `{chartRef: {kind: ${kind}, name: ${name}}}`;

  test.each<[string, string, unknown]>([
    [
      'a repository of charts',
      template('HelmRepository', 'charts', ', version: 1.x').replace('./charts/', ''),
      { kind: 'chart', repository: 'https://charts.example.com', name: 'web', version: '1.x' },
    ],
    [
      'a registry',
      template('HelmRepository', 'oci').replace('./charts/', ''),
      { kind: 'chart', repository: 'oci://r.example.com/charts', name: 'web', version: '*' },
    ],
    [
      'a folder in Git',
      template('GitRepository', 'fleet'),
      { kind: 'git', url: 'https://git.example.com/acme/fleet', revision: 'main', path: 'charts/web' },
    ],
    [
      'an OCIRepository with a tag',
      reference('OCIRepository', 'tagged'),
      { kind: 'chart', repository: 'oci://r.example.com/charts', name: 'web', version: '1.2' },
    ],
    [
      'an OCIRepository with a digest',
      reference('OCIRepository', 'pinned'),
      { kind: 'oci', url: 'oci://r.example.com/charts/web', revision: 'sha256:ab', path: '' },
    ],
    [
      'a HelmChart',
      reference('HelmChart', 'made'),
      { kind: 'chart', repository: 'https://charts.example.com', name: 'db', version: '2.x' },
    ],
  ])('%s', (_, spec, place) => {
    expect(declared(spec).sources).toMatchObject([{ place, helm: { releaseName: 'web', values: [{ a: 1 }] } }]);
  });

  test('nowhere a review can read, when it is a bucket or missing', () => {
    expect(declared(template('Bucket', 'bucket')).sources).toEqual([]);
    expect(declared(reference('OCIRepository', 'gone')).sources).toEqual([]);
  });

  test('a folder whose values files count from the root of the repository', () => {
    const [source] = declared(template('GitRepository', 'fleet', ', valuesFiles: [./values/prod.yaml]')).sources;

    expect(source?.helm?.valuesFiles).toEqual(['/values/prod.yaml']);
  });
});

test('a post-renderer is a kustomization over what the chart gave', async () => {
  const tree = postRenderTree([{ a: 1 }, { b: 2n ** 60n }], {
    patches: [{ patch: 'x' }],
    images: [{ name: 'i', newName: '', newTag: '2', digest: '' }],
  });

  expect(await textOf(tree, 'helm-output.yaml')).toBe('{"a":1}\n---\n{"b":1152921504606846976}\n');
  expect(await textOf(tree, 'kustomization.yaml')).toContain('"patch": "x"'.replace('"patch"', 'patch'));
});
