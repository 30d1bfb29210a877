import { createHash } from 'node:crypto';
import { canonicalJson } from '../../formats/json.ts';
import { deriveBundle, type OpenApiBundle, serveBundle } from '../../formats/openapi/bundle.ts';
import { loadBundle } from '../../formats/openapi/bundle-cache.ts';
import { customKinds } from '../../formats/openapi/custom-resource.ts';
import { isJsonObject, type JsonObject, pick } from '../../model/json.ts';
import { type ApiAnswer, ok } from './exchange.ts';
import { groupVersionOf, type Registry } from './registry.ts';

/** The OpenAPI v3 documents of what is served. */
export interface Documents {
  /** `/openapi/v3`: where each group version's document is, with its hash. */
  index(registry: Registry): JsonObject;
  /** The document of a group version, or null. */
  document(groupVersion: string, registry: Registry): Promise<JsonObject | null>;
}

/** Serves the derived schemas of built-in kinds, kept in `cacheDir` when one is given, and those of definitions. */
export function openDocuments(cacheDir: string | null): Documents {
  let bundle: Promise<OpenApiBundle> | null = null;
  const builtin = () => {
    bundle ??= cacheDir === null ? deriveBundle().then(serveBundle) : loadBundle({ cacheDir });
    return bundle;
  };
  return {
    index: (registry) => ({
      paths: Object.fromEntries(groupVersions(registry).map((one) => indexEntry(one, registry))),
    }),
    document: async (groupVersion, registry) => {
      const documents = await builtin();
      const own = await documents.document(groupVersion);
      const meta = await documents.document('v1');
      const custom = registry
        .definitions()
        .flatMap((definition) => customKinds(definition, meta))
        .filter(({ id }) => groupVersionOf(id) === groupVersion)
        .map((kind) => kind.document);
      const all = [...(own === null ? [] : [own]), ...custom];
      return all.length === 0 ? null : merged(all);
    },
  };
}

/** Answers `/openapi/v3` and below; null for other paths. */
export async function answerOpenApi(path: string, documents: Documents, registry: Registry): Promise<ApiAnswer | null> {
  if (path === '/openapi/v3') return ok(documents.index(registry));
  const groupVersion = /^\/openapi\/v3\/(?:api|apis)\/(.+)$/.exec(path)?.[1];
  if (groupVersion === undefined) return null;
  const document = await documents.document(groupVersion, registry);
  return document === null ? null : ok(document);
}

function groupVersions(registry: Registry): readonly string[] {
  return [...new Set(registry.kinds.map(groupVersionOf))];
}

function indexEntry(groupVersion: string, registry: Registry): readonly [string, JsonObject] {
  const path = `${groupVersion.includes('/') ? 'apis' : 'api'}/${groupVersion}`;
  return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hashOf(groupVersion, registry)}` }];
}

/** Documents differ only by the definitions in them, as long as the process runs. */
function hashOf(groupVersion: string, registry: Registry): string {
  const specs = registry
    .definitions()
    .filter((definition) => groupVersion.startsWith(`${String(pick(definition, 'spec', 'group'))}/`))
    .map((definition) => canonicalJson(pick(definition, 'spec') ?? null));
  return createHash('sha256').update(groupVersion).update(specs.join('\n')).digest('hex').toUpperCase();
}

function merged(documents: readonly JsonObject[]): JsonObject {
  const schemas = documents.map((document) => pick(document, 'components', 'schemas')).filter(isJsonObject);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.36.3' },
    paths: {},
    components: { schemas: Object.assign({}, ...schemas) },
  };
}
