import type { OwnRepository } from '../model/repo.ts';

/**
 * Whether two clone addresses name one repository, compared as Argo CD compares a webhook's: letter case, scheme (http, https,
 * ssh, or `host:path` of scp), user, port, the hosts `ssh.` and `altssh.`, and an ending `.git` do not matter.
 */
export function isSameRepository(one: string, other: string): boolean {
  const [left, right] = [repositoryKey(one), repositoryKey(other)];
  return left !== null && left === right;
}

/** `host/path` of a clone address in lower case; null for what is none. */
export function repositoryKey(address: string): string | null {
  const text = address.trim().toLowerCase();
  const found = /^(?:https?|ssh|git):\/\/(?:[^@/]*@)?([^/:]+)(?::\d+)?\/(.+)$/.exec(text) ?? scpForm(text);
  const [, host, path] = found ?? [];
  if (host === undefined || path === undefined) return null;
  const plainPath = path
    .replace(/^\/+|\/+$/g, '')
    .replace(/\.git$/, '')
    .replace(/\/+$/, '');
  return plainPath === '' ? null : `${host.replace(/^(?:alt)?ssh\./, '')}/${plainPath}`;
}

/** `owner/name` of a clone address, in lower case; null for what is none. */
export function nameOfRepository(address: string): string | null {
  const key = repositoryKey(address);
  return key === null ? null : key.slice(key.indexOf('/') + 1);
}

/** `user@host:path`, never something with a scheme. */
function scpForm(text: string): RegExpExecArray | null {
  return text.includes('://') ? null : /^(?:[^@/:]+@)?([^/:@]+):(.+)$/.exec(text);
}

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

/** Whether a revision of this repository is the branch a change goes to. */
export function follows(
  revision: string,
  { branch, defaultBranch }: Pick<OwnRepository, 'branch' | 'defaultBranch'>,
): boolean {
  return branch === '' || followsBranch(revision, branch, defaultBranch);
}
