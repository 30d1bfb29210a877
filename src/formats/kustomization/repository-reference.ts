import { joinPath } from '../../tools/tree-files.ts';

/** A folder of a Git repository, as kustomize reads a remote base. */
export interface RepositoryReference {
  /** What is handed to `git clone`. */
  readonly url: string;
  /** Folder inside the repository; '' for its root. */
  readonly path: string;
  /** Branch, tag or commit; '' for the default branch. */
  readonly revision: string;
}

/**
 * Reads a remote base as kustomize does (`git.NewRepoSpecFromURL`, v0.21): schemes ssh, https, http and file, `user@host:…`,
 * GitHub without a scheme, the path behind `//`, `.git`, `_git/NAME` or the first two names; `ref` wins over `version`. Null
 * for what is no repository.
 */
export function parseRepositoryReference(reference: string): RepositoryReference | null {
  if (reference.startsWith('/')) return null;
  const [address = '', query = ''] = cut(reference, '?');
  const host = parseHost(address.replace(/^git::/i, ''));
  if (host === null) return null;
  const split = splitMarked(host.rest) ?? splitNames(host);
  if (split === null || split.repository === '') return null;
  const path = joinPath('', split.path);
  if (path === null) return null;
  const parameters = new URLSearchParams(query);
  const revision = parameters.get('ref') || parameters.get('version') || '';
  return { url: host.prefix + split.repository, path, revision };
}

interface Host {
  /** Scheme, user and host, ready to be followed by the path. */
  readonly prefix: string;
  readonly rest: string;
  readonly isFile: boolean;
}

function parseHost(address: string): Host | null {
  const scheme = (/^(?:ssh|https?|file):\/\//i.exec(address)?.[0] ?? '').toLowerCase();
  const afterScheme = address.slice(scheme.length);
  if (scheme === 'file://') return { prefix: scheme, rest: afterScheme, isFile: true };
  const user = /^[a-zA-Z][a-zA-Z0-9-]*@/.exec(afterScheme)?.[0] ?? '';
  const place = afterScheme.slice(user.length);
  const isGithub = /^github\.com[/:]/i.test(place);
  const mayBeScp = scheme === '' && (user !== '' || isGithub);
  if (scheme === '' && !mayBeScp) return null;
  const end = separator(place, mayBeScp) + 1;
  const host = end === 0 ? place : place.slice(0, end);
  if (host === '') return null;
  const prefix = isGithub ? githubPrefix(scheme, user) : scheme + user + host;
  return { prefix, rest: place.slice(host.length), isFile: false };
}

/** GitHub is reached over SSH or HTTPS, whatever else was written. */
function githubPrefix(scheme: string, user: string): string {
  return scheme === 'ssh://' || user !== '' ? `${user}github.com:` : 'https://github.com/';
}

/** Where the host ends: at a slash, or with `user@host:path` at a colon before it. */
function separator(address: string, mayBeScp: boolean): number {
  const slash = address.indexOf('/');
  if (!mayBeScp) return slash;
  const colon = address.indexOf(':');
  return slash === -1 || (colon > 0 && colon < slash) ? colon : slash;
}

interface Split {
  readonly repository: string;
  readonly path: string;
}

function splitMarked(rest: string): Split | null {
  const azure = /^(.*?_git\/[^/]*)\/?(.*)$/s.exec(rest);
  if (azure !== null) return { repository: azure[1] ?? '', path: azure[2] ?? '' };
  const double = rest.indexOf('//');
  if (double >= 0) return { repository: rest.slice(0, double), path: rest.slice(double + 2) };
  const suffix = rest.indexOf('.git');
  return suffix < 0 ? null : { repository: rest.slice(0, suffix + 4), path: rest.slice(suffix + 4) };
}

function splitNames({ rest, isFile }: Host): Split | null {
  if (isFile) return { repository: rest, path: '' };
  const names = rest.split('/');
  if (names.length < 2) return null;
  return { repository: names.slice(0, 2).join('/'), path: names.slice(2).join('/') };
}

function cut(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
