import { parseRepositoryReference } from './repository-reference.ts';

/**
 * Whether a reference that is no file of the repository is something kustomize would fetch: a URL, or the short forms of Git
 * repositories it knows (`github.com/org/repo`, `git@host:org/repo`, `host/repo//folder?ref=v1`; kustomize `git.RepoSpec`).
 */
export function isRemoteReference(reference: string): boolean {
  if (parseRepositoryReference(reference) !== null) return true;
  return [
    /^[a-z][a-z0-9+.-]*:\/\//i,
    /^git::/,
    /^[\w.-]+@[\w.-]+:/,
    /^(?:www\.)?(?:github|gitlab|bitbucket)\.[a-z]+[/:]/i,
    /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?::\d+)?\/.*(?:\.git|\/\/|_git\/|[?&](?:ref|version)=)/i,
    /[?&]ref=/,
  ].some((pattern) => pattern.test(reference));
}
