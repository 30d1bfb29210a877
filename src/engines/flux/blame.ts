import { type ResourceId, resourceKey } from '../../model/resource.ts';

/**
 * Words of faults that say nothing about the commit: a server that could not be reached, was too slow or would not let Flux in.
 * Everything else is taken for the commit's fault.
 */
const beyondCommit =
  /connection refused|connection reset|i\/o timeout|deadline exceeded|\btimed? ?out\b|no such host|TLS handshake|x509:|server is currently unable|etcdserver|too many requests|try again later|failed calling webhook|context canceled|failed to build kube client|is forbidden: User /i;

/** Whether a message of Flux tells of a fault that another commit would not have. */
export function isBeyondCommit(message: string): boolean {
  return beyondCommit.test(message);
}

/** A message in one line without a full stop, cut after so many characters. */
export function clip(message: string, most: number): string {
  const line = message.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
  return line.length > most ? `${line.slice(0, most)}…` : line;
}

/** The object a message begins with, `Kind/namespace/name …`, when it is one of those known; else null. */
export function blamedResource(message: string, known: readonly ResourceId[]): ResourceId | null {
  const [, path = ''] = /^(\S+\/\S+?):? /.exec(message) ?? [];
  const [kind, ...place] = path.split('/');
  const [namespace, name] = place.length > 1 ? place : [null, place[0]];
  const fits = known.filter((id) => id.kind === kind && id.name === name);
  const exact = fits.find((id) => id.namespace === namespace);
  const distinct = new Set(fits.map(resourceKey)).size;
  const found = exact ?? (distinct === 1 ? fits[0] : undefined);
  return found === undefined ? null : { ...found, namespace: namespace ?? found.namespace };
}
