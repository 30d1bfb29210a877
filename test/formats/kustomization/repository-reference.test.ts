import { describe, expect, test } from '@jest/globals';
import { isRemoteReference } from '../../../src/formats/kustomization/remote-reference.ts';
import { parseRepositoryReference } from '../../../src/formats/kustomization/repository-reference.ts';

/** Out of kustomize's own tests (api/internal/git/repospec_test.go, v0.21.2). */
const known: readonly (readonly [string, string, string, string])[] = [
  [
    'https://git-codecommit.us-east-2.amazonaws.com/someorg/somerepo/somedir',
    'https://git-codecommit.us-east-2.amazonaws.com/someorg/somerepo',
    'somedir',
    '',
  ],
  [
    'https://fabrikops2.visualstudio.com/someorg/somerepo?ref=master',
    'https://fabrikops2.visualstudio.com/someorg/somerepo',
    '',
    'master',
  ],
  ['http://github.com/someorg/somerepo/somedir', 'https://github.com/someorg/somerepo', 'somedir', ''],
  ['git@github.com:someorg/somerepo/somedir', 'git@github.com:someorg/somerepo', 'somedir', ''],
  ['http://github.com/someorg/somerepo.git/somedir', 'https://github.com/someorg/somerepo.git', 'somedir', ''],
  [
    'git@gitlab2.sqtools.ru:infra/kubernetes/thanos-base.git?ref=v0.1.0',
    'git@gitlab2.sqtools.ru:infra/kubernetes/thanos-base.git',
    '',
    'v0.1.0',
  ],
  ['git@bitbucket.org:company/project.git//path?ref=branch', 'git@bitbucket.org:company/project.git', 'path', 'branch'],
  ['git@bitbucket.org/company/project.git//path?ref=branch', 'git@bitbucket.org/company/project.git', 'path', 'branch'],
  [
    'ssh://git@bitbucket.org/company/project.git//path?ref=branch',
    'ssh://git@bitbucket.org/company/project.git',
    'path',
    'branch',
  ],
  [
    'https://itfs.mycompany.com/collection/project/_git/somerepos/somedir?version=v1.0.0',
    'https://itfs.mycompany.com/collection/project/_git/somerepos',
    'somedir',
    'v1.0.0',
  ],
  [
    'git::https://itfs.mycompany.com/collection/project/_git/somerepos',
    'https://itfs.mycompany.com/collection/project/_git/somerepos',
    '',
    '',
  ],
  ['git@github.com/someorg/somerepo/somepath', 'git@github.com:someorg/somerepo', 'somepath', ''],
  ['org-12345@github.com:someorg/somerepo', 'org-12345@github.com:someorg/somerepo', '', ''],
  [
    'https://github.com/kubernetes-sigs/kustomize//examples/multibases/dev/?ref=v1.0.6',
    'https://github.com/kubernetes-sigs/kustomize',
    'examples/multibases/dev',
    'v1.0.6',
  ],
  [
    'gitHub.com/kubernetes/website/foo?ref=group/version',
    'https://github.com/kubernetes/website',
    'foo',
    'group/version',
  ],
  ['github.com:kubernetes/website', 'https://github.com/kubernetes/website', '', ''],
  ['hTTps://github.com/kubernetes/website', 'https://github.com/kubernetes/website', '', ''],
  ['ssh://git.example.com:7999/someOrg/someRepo/x', 'ssh://git.example.com:7999/someOrg/someRepo', 'x', ''],
  [
    'ssh://git@github.com/kubernetes-sigs/kustomize//examples/multibases/dev?ref=v1.0.6',
    'git@github.com:kubernetes-sigs/kustomize',
    'examples/multibases/dev',
    'v1.0.6',
  ],
  ['file://a/b/c/someRepo.git/somepath?ref=someBranch', 'file://a/b/c/someRepo.git', 'somepath', 'someBranch'],
  ['file:///a/b/c/someRepo?ref=someBranch', 'file:///a/b/c/someRepo', '', 'someBranch'],
  [
    'https://example.org/path/to/repo//examples/multibases/dev',
    'https://example.org/path/to/repo',
    'examples/multibases/dev',
    '',
  ],
  [
    'https://example.org/path/to/repo.git/examples/multibases/dev',
    'https://example.org/path/to/repo.git',
    'examples/multibases/dev',
    '',
  ],
];

describe('a reference to a folder of a repository', () => {
  test.each(known)('%s', (reference, url, path, revision) => {
    expect(parseRepositoryReference(reference)).toEqual({ url, path, revision });
    expect(isRemoteReference(reference)).toBe(true);
  });

  test('has `ref` win over `version`, and other parameters left out', () => {
    const reference = 'https://github.com/org/repo?version=v1&timeout=90s&ref=v2&submodules=false';

    expect(parseRepositoryReference(reference)).toEqual({
      url: 'https://github.com/org/repo',
      path: '',
      revision: 'v2',
    });
  });
});

describe('no repository is meant by', () => {
  test.each([
    '/tmp',
    '../../tmp',
    'src/github.com/org/repo/path',
    'iauhsdiuashduas',
    'htxxxtp://github.com/',
    'ssh://git.example.com',
    'git::___',
    'https://host?ref=group/version/minor_version',
    'https://github.com/org/repo.git//path/../../exits/repo',
    'github.com!org/repo.git//path',
    'gh:org/repo',
    'https://github.com/thisisa404.yaml',
    'file:////tmp//path/to/whatever',
    'git@scp://github.com/org/repo.git//path',
    'git@ssh://github.com/org/repo.git//path',
  ])('%s', (reference) => {
    expect(parseRepositoryReference(reference)).toBeNull();
  });
});
