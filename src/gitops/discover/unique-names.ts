import type { Application } from '../../model/target.ts';
import type { Found } from './found.ts';

/**
 * Names are paths without environment words, which two folders may share within one environment: both are then called by
 * their whole path, and by their renderer as well where even that is the same. Sorted by name, then environment.
 */
export function nameUniquely(found: readonly Found[]): readonly Found[] {
  const byPath = rename(found, ({ application: { root, name }, longName }) => longName ?? (root === '' ? name : root));
  const byRenderer = rename(byPath, ({ application: { name, renderer } }) => `${name}#${renderer}`);
  return byRenderer.toSorted((one, other) => compare(keyOf(one.application), keyOf(other.application)));
}

function rename(found: readonly Found[], nameOf: (found: Found) => string): readonly Found[] {
  const counts = new Map<string, number>();
  for (const { application } of found) counts.set(keyOf(application), (counts.get(keyOf(application)) ?? 0) + 1);
  return found.map((item) => {
    const { application } = item;
    const isShared = (counts.get(keyOf(application)) ?? 0) > 1;
    return isShared ? { ...item, application: { ...application, name: nameOf(item) } } : item;
  });
}

function keyOf({ name, environment }: Application): string {
  return `${name}\0${environment ?? ''}`;
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
