import { formatResource, type Resource } from '../../model/resource.ts';
import type { Wanted } from './pair-resources.ts';

/** What admission looks up while it judges an object, in its words (kubernetes plugin/pkg/admission, registry/rbac), and the kind it is. */
const lookUps: readonly (readonly [words: RegExp, kind: string, isNamespaced: boolean])[] = [
  [/\bserviceaccount "([^"]+)" not found/i, 'ServiceAccount', true],
  [/\bno PriorityClass with name (\S+) was found/i, 'PriorityClass', false],
  [/\bRuntimeClass "([^"]+)" not found/i, 'RuntimeClass', false],
  [/\bclusterroles\.rbac\.authorization\.k8s\.io "([^"]+)" not found/, 'ClusterRole', false],
  [/\broles\.rbac\.authorization\.k8s\.io "([^"]+)" not found/, 'Role', true],
  [/\bconfigmaps "([^"]+)" not found/, 'ConfigMap', true],
  [/\bsecrets "([^"]+)" not found/, 'Secret', true],
  [/\bpersistentvolumeclaims? "([^"]+)" not found/, 'PersistentVolumeClaim', true],
  [/\bstorageclasses?\.storage\.k8s\.io "([^"]+)" not found/, 'StorageClass', false],
];

/** What the server misses and head brings along, such as `ServiceAccount shop/runner`; null: it misses nothing, or nothing head has. */
export function missingReference(message: string, { resource }: Wanted, head: readonly Resource[]): string | null {
  for (const [words, kind, isNamespaced] of lookUps) {
    const name = words.exec(message)?.[1];
    if (name === undefined) continue;
    const { namespace } = resource.id;
    const isIt = ({ id }: Resource) =>
      id.kind === kind && id.name === name && (!isNamespaced || id.namespace === null || id.namespace === namespace);
    const found = head.find(isIt);
    if (found !== undefined) return formatResource({ ...found.id, namespace: isNamespaced ? namespace : null });
  }
  return null;
}
