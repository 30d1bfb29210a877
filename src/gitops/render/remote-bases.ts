import type { NamedRemote } from '../../formats/kustomization/named-reference.ts';
import type { RepositoryReference } from '../../formats/kustomization/repository-reference.ts';
import type { Finding } from '../../model/finding.ts';

/**
 * Whether an address is that of a file. kustomize tries every HTTP address as one, and clones what gives no YAML; here the name has to
 * say so.
 */
export function isFileAddress(reference: string): boolean {
  return /^https?:\/\/[^?#]*\.(?:ya?ml|json)(?:[?#]|$)/i.test(reference);
}

/** Whether a reference is a file that is fetched: only what is reached by TLS, and among what is built. */
export function isRemoteFile({ reference, pointer }: NamedRemote): boolean {
  return isFileAddress(reference) && /^https:/i.test(reference) && /^\/(?:resources|bases)\/\d+$/.test(pointer);
}

/** A file as it is told of: the query of its address may be a signature. */
export function shownFile({ reference }: Pick<NamedRemote, 'reference'>): string {
  return reference.replace(/[?#].*$/, '');
}

/** A base that may be another one tomorrow, without a change in Git. */
export function unpinnedBase(remote: NamedRemote, { revision }: RepositoryReference, resolved: string): Finding {
  const asked = revision === '' ? 'the default branch' : `the branch ${revision}`;
  return unpinned(
    remote,
    `The base ${remote.reference} follows ${asked}, which is ${resolved} now and may be another commit when it is deployed.`,
    `Name a tag or commit, such as \`?ref=${resolved}\`.`,
  );
}

/** The same for a file. */
export function unpinnedFile(remote: NamedRemote): Finding {
  return unpinned(
    remote,
    `The file ${shownFile(remote)} is fetched by an address that names no commit, and may be another one when it is deployed.`,
    'Name it at a full commit id, or copy it into the repository.',
  );
}

function unpinned({ file, line }: NamedRemote, message: string, fix: string): Finding {
  return { rule: 'unpinned-base', severity: 'caution', target: null, resource: null, file, line, message, fix };
}
