import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../../tools/write-whole.ts';
import type { BundleData, OpenApiBundle } from './bundle.ts';
import { deriveBundle, serveBundle } from './bundle.ts';
import { clientLibraryVersion } from './client-models.ts';

/**
 * The schemas of the built-in kinds, from the cache folder when they were derived before. One file is kept, of the
 * installed version of the client library. Throws `FairleadError` code `schema-bundle-failed`.
 */
export async function loadBundle(options: { readonly cacheDir: string }): Promise<OpenApiBundle> {
  const folder = join(options.cacheDir, 'openapi');
  const name = `bundle-${await clientLibraryVersion()}-${revision}.json`;
  const cached = await readCached(join(folder, name));
  if (cached !== null) return serveBundle(cached);
  const data = await deriveBundle();
  await keep(folder, name, data);
  return serveBundle(data);
}

/** Raised whenever the derivation or its overlay changes, so that no older cache is read. */
const revision = 1;

async function readCached(path: string): Promise<BundleData | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as BundleData;
  } catch {
    // Missing or torn: it is derived again, which costs half a second.
    return null;
  }
}

async function keep(folder: string, name: string, data: BundleData): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await writeWhole(join(folder, name), JSON.stringify(data));
    const old = (await readdir(folder)).filter((file) => file.startsWith('bundle-') && file !== name);
    await Promise.all(old.map((file) => rm(join(folder, file), { force: true })));
  } catch {
    // A folder that cannot be written costs the derivation on every start and nothing else.
  }
}
