import { isSameRepository } from '../../formats/repository-url.ts';

/** Whether an address is one of this repository's, however it is written: compared as Argo CD compares a webhook's. */
export function isThisRepository(url: string, ownUrls: readonly string[]): boolean {
  return ownUrls.some((own) => isSameRepository(url, own));
}

/**
 * Whether a revision stands for the branch under review, whose pull then decides what is deployed: its name, `refs/heads/NAME`,
 * and '' or `HEAD` where it is the default branch. Another branch, a tag, a commit or a range of versions does not.
 */
export function followsBranch(revision: string, branch: string, defaultBranch: string): boolean {
  const name = revision.replace(/^refs\/heads\//, '');
  return name === '' || name === 'HEAD' ? branch === defaultBranch : name === branch;
}
