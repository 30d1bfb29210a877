import { essenceOf } from '../../../formats/openapi/essence.ts';
import { isJsonObject, type JsonObject, pickText } from '../../../model/json.ts';
import type { OpenApi } from '../cluster.ts';
import { readObject } from './answer.ts';
import { type DocumentCache, noDocumentCache } from './document-cache.ts';
import { garbledError } from './errors.ts';
import type { ClusterLimits } from './limits.ts';
import type { Answer, Transport } from './transport.ts';

/** Group versions whose documents are kept; a large cluster serves about fifty. */
const maxDocuments = 64;

/** A document may change once more between two answers; it does not change for ever. */
const maxRedirects = 3;

interface Read {
  /** With the hash of the content that was sent. */
  readonly address: string;
  readonly document: JsonObject;
}

/**
 * Opens the OpenAPI v3 documents of a server, as `essenceOf` gives them. The index is read on every opening, documents once per content
 * hash.
 */
export function createOpenApiReader(
  transport: Transport,
  limits: ClusterLimits,
  cache: DocumentCache = noDocumentCache,
): (signal: AbortSignal) => Promise<OpenApi> {
  /** By the address the index gives, which holds the hash of the content. Oldest first. */
  const kept = new Map<string, JsonObject>();
  const ask = async (path: string, action: string, signal: AbortSignal): Promise<Answer> =>
    transport.send({ method: 'GET', path, action, deadlineMs: limits.bulkMs, isIdempotent: true }, signal);
  const read = async (path: string, action: string, signal: AbortSignal): Promise<Read> => {
    const attempt = { server: transport.server, action };
    let address = path;
    for (let asked = 0; asked <= maxRedirects; asked += 1) {
      const { text, location } = await ask(address, action, signal);
      const moved = withHashOf(path, location);
      if (moved === null) return { address, document: readObject(text, attempt, { loose: true }) };
      address = moved;
    }
    throw garbledError(attempt, 'one redirect after another');
  };
  const keep = (address: string, document: JsonObject): JsonObject => {
    kept.delete(address);
    kept.set(address, document);
    const [oldest] = kept.keys();
    if (kept.size > maxDocuments && oldest !== undefined) kept.delete(oldest);
    return document;
  };
  return async (signal) => {
    const { document: index } = await read('/openapi/v3', 'read the index of its schemas', signal);
    return {
      document: async (groupVersion, documentSignal) => {
        const address = addressOf(index, groupVersion);
        if (address === null) return null;
        const known = kept.get(address);
        if (known !== undefined) return keep(address, known);
        const stored = await cache.read(address);
        if (stored !== null) return keep(address, stored);
        const found = await read(address, `read the schemas of ${groupVersion}`, documentSignal);
        const document = essenceOf(found.document);
        void cache.keep(found.address, document);
        return keep(found.address, document);
      },
    };
  };
}

/**
 * The same address with the content hash a redirect names: the index lags behind the documents for up to a minute,
 * and a server asked for a hash that is gone says so by 301 (kube-openapi, pkg/handler3). Null when it names none.
 */
function withHashOf(path: string, location: string | null): string | null {
  if (location === null || !URL.canParse(location, 'https://server')) return null;
  const hash = new URL(location, 'https://server').searchParams.get('hash');
  return hash === null ? null : `${path.split('?', 1)[0]}?${new URLSearchParams({ hash })}`;
}

/** Where the index says a group version is, `/openapi/v3/apis/apps/v1?hash=...`. Only a path on the same server counts. */
function addressOf(index: JsonObject, groupVersion: string): string | null {
  const paths = index['paths'];
  const name = groupVersion.includes('/') ? `apis/${groupVersion}` : `api/${groupVersion}`;
  const address =
    isJsonObject(paths) && Object.hasOwn(paths, name) ? pickText(paths[name], 'serverRelativeURL') : undefined;
  return address?.startsWith('/openapi/') ? address : null;
}
