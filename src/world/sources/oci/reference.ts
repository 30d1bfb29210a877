import { invalid } from '../faults.ts';

/** Where an artifact lies in a registry. */
export interface OciRepository {
  /** Of the registry, with its port. */
  readonly host: string;
  /** Path within the registry. */
  readonly name: string;
}

/** Names as the OCI distribution specification 1.1 has them. */
const namePattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;

/** Reads `oci://HOST/NAME`, with `more` appended to the name. Throws `source-invalid`. */
export function ociRepository(url: string, more = ''): OciRepository {
  const place = /^oci:\/\/([^/@?#\s]+)\/([^@?#\s]*)$/.exec(url);
  const host = URL.parse(`https://${place?.[1] ?? ''}`)?.host ?? '';
  const name = [place?.[2]?.replace(/\/+$/, '') ?? '', more].filter((part) => part !== '').join('/');
  if (host !== '' && name.length <= 255 && namePattern.test(name)) return { host: dockerHub.get(host) ?? host, name };
  throw invalid(
    'oci source',
    'An address of a registry is not written as oci://HOST/NAME in small letters, without a tag and without credentials.',
    'Correct it, and give tag or digest apart.',
  );
}

/** Docker Hub answers under another name than the one people write. */
const dockerHub: ReadonlyMap<string, string> = new Map([
  ['docker.io', 'registry-1.docker.io'],
  ['index.docker.io', 'registry-1.docker.io'],
]);

/** Where Docker Hub hands out tokens. */
const dockerTokens = 'auth.docker.io';

/** Whether two hosts are one registry: the same, or both of Docker Hub, which goes by several names. */
export function isSameRegistry(one: string, other: string): boolean {
  return one === other || (isDockerHub(one) && isDockerHub(other));
}

function isDockerHub(host: string): boolean {
  return host === dockerTokens || host === 'registry-1.docker.io' || dockerHub.has(host);
}

/** Whether a text is a digest a registry can be asked for. */
export function isDigest(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

/** Whether a text is a tag. */
export function isTag(text: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(text);
}
