import type { DeclaredApplication } from '../../model/declared.ts';

/**
 * What of an application itself may tell its environment: where its files are, its values files, its name, the file that declares it, the
 * name of its cluster.
 */
export function ownHints({
  sources,
  name,
  declaredAt,
  destination,
}: Pick<DeclaredApplication, 'sources' | 'name' | 'declaredAt' | 'destination'>): readonly string[] {
  const paths = sources.flatMap(({ place, helm }) => [
    ...(helm?.valuesFiles ?? []).toReversed(),
    ...(place.kind === 'chart' ? [] : [place.path]),
  ]);
  return [...paths, name, declaredAt.file, destination.cluster ?? ''].filter((hint) => hint !== '');
}
