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

/** `user@host:path`, never something with a scheme. */
function scpForm(text: string): RegExpExecArray | null {
  return text.includes('://') ? null : /^(?:[^@/:]+@)?([^/:@]+):(.+)$/.exec(text);
}
