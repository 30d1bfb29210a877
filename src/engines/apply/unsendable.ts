import { isSops } from '../../formats/flux/sops.ts';
import { formatResource } from '../../model/resource.ts';
import type { Pair } from './pair-resources.ts';

/** Why an object must not be written as it is; null when it may. Its controller has what we have not: the key, or the values. */
export function whyUnsendable({ head, id }: Pick<Pair, 'head' | 'id'>): string | null {
  if (head === null) return null;
  const { object, hidden = [] } = head.resource;
  if (isSops(object))
    return `${formatResource(id)} is encrypted with SOPS, and goes to no cluster as it is. Let Flux deploy it, or keep it out of this application.`;
  if (hidden.length === 0) return null;
  return `${formatResource(id)}: ${hidden.join(', ')} holds values from Secrets that are not known here. Let its controller deploy it.`;
}
