import { randomBytes } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Writes a file beside its place and puts it there when it is whole: who reads it meanwhile sees the one before, or none. Throws what
 * the disk does.
 */
export async function writeWhole(path: string, text: string, mode = 0o666): Promise<void> {
  const part = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  await writeFile(part, text, { mode });
  await rename(part, path);
}
