import type { Schemas } from '../../formats/openapi/schemas.ts';
import type { ResourceId } from '../../model/resource.ts';
import { type CompareOptions, noSchema } from './compare-paths.ts';

/**
 * The schemas of all kinds that are to be compared, read once, for comparisons that must not wait. Kinds without a schema
 * are compared by usual keys. Throws what `schemas` throws.
 */
export async function loadSchemas(
  schemas: Schemas,
  ids: Iterable<ResourceId>,
  signal: AbortSignal,
): Promise<(id: ResourceId) => CompareOptions> {
  const kinds = new Map([...ids].map((id) => [kindOf(id), id]));
  const found = await Promise.all(
    [...kinds].map(async ([kind, id]) => [kind, (await schemas.find(id, signal)) ?? noSchema] as const),
  );
  const known: ReadonlyMap<string, CompareOptions> = new Map(found);
  return (id) => known.get(kindOf(id)) ?? noSchema;
}

function kindOf({ group, version, kind }: ResourceId): string {
  return `${group}/${version}/${kind}`;
}
