import { isSameRegistry } from '../oci/reference.ts';

/** The addresses something is for. */
export interface Covered {
  /** With its port where that is not 443. */
  readonly host: string;
  /** In small letters, without `.git`; starts with `/`. */
  readonly path: string;
  /** Only this address, all below it, or all that begin so, as text. */
  readonly reach: 'itself' | 'below' | 'text';
}

/**
 * Reads what a controller has credentials for: `https://…`, `oci://…`, or a registry without a scheme. Null for what is reached in another
 * way, such as SSH. Written large or small, and with `.git` or not, an address is the same (Argo CD, util/git `NormalizeGitURL`).
 */
export function coveredBy(text: string, reach: Covered['reach']): Covered | null {
  const trimmed = text.trim().toLowerCase();
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//.exec(trimmed)?.[1];
  if (scheme !== undefined && scheme !== 'https' && scheme !== 'oci') return null;
  const url = URL.parse(`https://${trimmed.replace(/^[a-z]+:\/\//, '')}`);
  if (url === null || url.username !== '' || url.password !== '') return null;
  const path = url.pathname.replace(/\.git$/, '');
  return { host: url.host, path: reach === 'text' ? path : path.replace(/(?<=.)\/$/, ''), reach };
}

/** Whether an address is among them. Another host never is, however its name begins. */
export function isCovered({ host, path, reach }: Covered, url: URL): boolean {
  if (!isSameRegistry(url.host, host)) return false;
  const wanted = url.pathname
    .toLowerCase()
    .replace(/\/$/, '')
    .replace(/\.git$/, '');
  if (reach === 'text') return `${wanted}/`.startsWith(path);
  return (
    wanted === path.replace(/^\/$/, '') || (reach === 'below' && `${wanted}/`.startsWith(path.replace(/\/?$/, '/')))
  );
}

/** The one with the longest path that covers an address; of equals the first. */
export function closest<T extends { readonly covered: Covered }>(offers: readonly T[], url: URL): T | null {
  const fitting = offers.filter(({ covered }) => isCovered(covered, url));
  return fitting.reduce<T | null>(
    (best, offer) => (best === null || offer.covered.path.length > best.covered.path.length ? offer : best),
    null,
  );
}
