import { FairleadError } from '../model/error.ts';
import type { ResourceId } from '../model/resource.ts';

/** An object as a person names it: the kind in any case, the namespace only where it is given. */
export interface ObjectName {
  readonly kind: string;
  /** null: any, or none. */
  readonly namespace: string | null;
  readonly name: string;
}

/** `Deployment/shop/web`, `deployment shop/web`, `deployment web`. Throws `FairleadError` `usage`. */
export function parseObject(words: readonly string[]): ObjectName {
  const text = words.join(' ');
  const parts = words.flatMap((word) => word.split('/'));
  const [kind, ...place] = parts;
  const [namespace, name] = place.length === 1 ? [null, place[0]] : [place[0] ?? null, place[1]];
  if (kind !== undefined && name !== undefined && parts.length <= 3 && parts.every((part) => part !== ''))
    return { kind, namespace, name };
  throw new FairleadError({
    code: 'usage',
    subject: text,
    message: `${text} names no object`,
    remedy: 'Write Deployment/shop/web, or Namespace/shop for one without a namespace.',
  });
}

/** Whether an object is the one that is named. */
export function isNamed(
  id: Pick<ResourceId, 'kind' | 'namespace' | 'name'>,
  { kind, namespace, name }: ObjectName,
): boolean {
  const isKind = id.kind.toLowerCase() === kind.toLowerCase();
  return isKind && id.name === name && (namespace === null || id.namespace === namespace);
}

/** The same for a resource key, `apps/Deployment/shop/web`. */
export function isKeyOf(key: string, object: ObjectName): boolean {
  const [, kind = '', namespace = '', ...name] = key.split('/');
  return isNamed({ kind, namespace: namespace === '' ? null : namespace, name: name.join('/') }, object);
}
