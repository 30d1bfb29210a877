import { isJsonObject, type JsonObject, pickText } from '../../../model/json.ts';
import type { OpenApi } from '../cluster.ts';
import { readObject } from './answer.ts';
import type { ClusterLimits } from './limits.ts';
import type { Transport } from './transport.ts';

/** Group versions whose documents are kept; a large cluster serves about fifty. */
const maxDocuments = 64;

/** Opens the OpenAPI v3 documents of a server. The index is read on every opening, documents once per content hash. */
export function createOpenApiReader(
  transport: Transport,
  limits: ClusterLimits,
): (signal: AbortSignal) => Promise<OpenApi> {
  /** By the address the index gives, which holds the hash of the content. Oldest first. */
  const kept = new Map<string, JsonObject>();
  const readAddress = async (path: string, action: string, signal: AbortSignal): Promise<JsonObject> => {
    const call = { method: 'GET', path, action, deadlineMs: limits.bulkMs, isIdempotent: true } as const;
    const { text } = await transport.send(call, signal);
    return readObject(text, { server: transport.server, action });
  };
  const keep = (address: string, document: JsonObject): JsonObject => {
    kept.delete(address);
    kept.set(address, document);
    const [oldest] = kept.keys();
    if (kept.size > maxDocuments && oldest !== undefined) kept.delete(oldest);
    return document;
  };
  return async (signal) => {
    const index = await readAddress('/openapi/v3', 'read the index of its schemas', signal);
    return {
      document: async (groupVersion, documentSignal) => {
        const address = addressOf(index, groupVersion);
        if (address === null) return null;
        const known = kept.get(address);
        const action = `read the schemas of ${groupVersion}`;
        return keep(address, known ?? (await readAddress(address, action, documentSignal)));
      },
    };
  };
}

/** Where the index says a group version is, `/openapi/v3/apis/apps/v1?hash=...`. Only a path on the same server counts. */
function addressOf(index: JsonObject, groupVersion: string): string | null {
  const paths = index['paths'];
  const name = groupVersion.includes('/') ? `apis/${groupVersion}` : `api/${groupVersion}`;
  const address =
    isJsonObject(paths) && Object.hasOwn(paths, name) ? pickText(paths[name], 'serverRelativeURL') : undefined;
  return address?.startsWith('/openapi/') ? address : null;
}
