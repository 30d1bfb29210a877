import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isJsonObject, type Json, type JsonObject } from '../../../model/json.ts';
import { writeWhole } from '../../../tools/write-whole.ts';

/** Schemas of a server by their address, which holds the hash of their content: they outlive the process. */
export interface DocumentCache {
  /** null: there is none, or none that can be read. */
  read(address: string): Promise<JsonObject | null>;
  /** Never fails: what cannot be kept is asked for again. */
  keep(address: string, document: JsonObject): Promise<void>;
}

/** Keeps nothing. */
export const noDocumentCache: DocumentCache = { read: async () => null, keep: async () => {} };

/** Raised whenever what is kept of a document changes. */
const revision = 1;

const dayMs = 24 * 3_600_000;
/** Days without use after which a document is removed. */
const keptDays = 30;

/** Keeps the documents of a server in a folder, apart from those of others: no server can put words into another's mouth. */
export function openDocumentCache(cacheDir: string, server: URL): DocumentCache {
  const folder = join(cacheDir, 'schemas');
  const pathOf = (address: string): string => {
    const name = createHash('sha256')
      .update(JSON.stringify([revision, server.href, address]))
      .digest('hex');
    return join(folder, `${name}.json`);
  };
  return {
    read: (address) => (hasHash(address) ? readDocument(pathOf(address)) : Promise.resolve(null)),
    keep: async (address, document) => {
      if (!hasHash(address)) return;
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeWhole(pathOf(address), JSON.stringify(document), 0o600);
        await removeUnused(folder);
      } catch {
        // A folder that cannot be written costs reading from the server on every start, and nothing else.
      }
    },
  };
}

function hasHash(address: string): boolean {
  return /[?&]hash=./.test(address);
}

async function readDocument(path: string): Promise<JsonObject | null> {
  try {
    const file = await open(path);
    try {
      const [text, { mtimeMs }] = await Promise.all([file.readFile('utf8'), file.stat()]);
      const now = new Date();
      if (now.getTime() - mtimeMs > dayMs) await file.utimes(now, now).catch(() => undefined);
      const document: Json = JSON.parse(text);
      return isJsonObject(document) ? document : null;
    } finally {
      await file.close();
    }
  } catch {
    return null; // missing or torn: it is asked for again
  }
}

async function removeUnused(folder: string): Promise<void> {
  const limit = Date.now() - keptDays * dayMs;
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path);
    if (mtimeMs < limit) await rm(path, { force: true });
  }
}
