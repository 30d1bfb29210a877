import type { JsonObject } from '../../model/json.ts';
import { apiVersionOf } from '../../model/resource.ts';
import type { KindId } from './definition.ts';
import { openSchema, type Schema } from './schema.ts';

/** Gives the OpenAPI v3 document of a group version (`apps/v1`, `v1`), or null: a cluster's, or the bundle's. */
export type DocumentSource = (groupVersion: string, signal: AbortSignal) => Promise<JsonObject | null>;

/** Schemas by kind. */
export interface Schemas {
  /** The schema of a kind, or null when no document has it. Throws what the source throws. */
  find(id: KindId, signal: AbortSignal): Promise<Schema | null>;
}

/** Looks schemas up in documents as they are needed, each document and kind once. Failed reads are asked for again. */
export function createSchemas(documents: DocumentSource): Schemas {
  const schemas = new Map<string, Schema>();
  return {
    find: async (id, signal) => {
      const groupVersion = apiVersionOf(id);
      const key = `${groupVersion}/${id.kind}`;
      const known = schemas.get(key);
      if (known !== undefined) return known;
      const document = await documents(groupVersion, signal);
      const schema = document === null ? null : openSchema(document, id);
      // A kind that is not there now may be defined a moment later.
      if (schema === null) return null;
      if (schemas.size >= maxKinds) schemas.clear();
      schemas.set(key, schema);
      return schema;
    },
  };
}

/** More kinds than any cluster serves: a bound, not a budget. */
const maxKinds = 5000;
