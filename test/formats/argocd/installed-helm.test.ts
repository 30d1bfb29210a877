import { describe, expect, test } from '@jest/globals';
import { helmOfArgo, helmOfVersion } from '../../../src/formats/argocd/installed-helm.ts';

describe('the Helm of an Argo CD', () => {
  test.each<[string, string, readonly string[]]>([
    ['an image of the repo-server', 'name: argocd-repo-server\nimage: quay.io/argoproj/argocd:v3.3.1', ['helm3']],
    ['one since 3.4', 'name: argocd-repo-server\nimage: "registry.acme/argoproj/argocd:v3.4.0@sha256:ab"', ['helm4']],
    ['the same image for something else', 'kind: Job\nimage: quay.io/argoproj/argocd:v3.3.1', []],
    ['a comment', 'name: argocd-repo-server\n  # image: quay.io/argoproj/argocd:v3.3.1', []],
    [
      'a file of a tag',
      '- https://raw.githubusercontent.com/argoproj/argo-cd/v2.11.0/manifests/install.yaml',
      ['helm3'],
    ],
    ['a folder at a tag', '- https://github.com/argoproj/argo-cd//manifests/ha/cluster-install?ref=v3.5.7', ['helm4']],
    ['a folder at a branch', '- https://github.com/argoproj/argo-cd//manifests/cluster-install?ref=stable', []],
    ['a tag of a kustomization', 'images:\n  - name: quay.io/argoproj/argocd\n    newTag: v3.2.0\n', ['helm3']],
    [
      'a chart of a dependency',
      'dependencies:\n  - name: argo-cd\n    repository: https://argoproj.github.io/argo-helm\n    version: ^7.7.0\n',
      ['helm3'],
    ],
    ['a chart of an Application', 'source:\n  targetRevision: 8.5.0\n  chart: argo-cd\n', ['helm3']],
    ['a chart whose Argo CD is not known', 'source:\n  chart: argo-cd\n  targetRevision: 9.1.0\n', []],
    ['another chart', 'source:\n  chart: argo-cd-extra\n  targetRevision: 1.0.0\n', []],
  ])('%s', (_title, text, expected) => {
    expect(helmOfArgo(text)).toEqual(expected);
  });

  test.each([
    ['quay.io/argoproj/argocd:v3.4.0', 'helm4'],
    ['localhost:5000/argocd:v2.14.3', 'helm3'],
    ['quay.io/argoproj/argocd:latest', null],
    ['quay.io/argoproj/argocd@sha256:3.4', null],
  ])('%s: %s', (image, expected) => {
    expect(helmOfVersion(image)).toBe(expected);
  });
});
