import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FairleadError } from '../../model/error.ts';

/** Where the installation key comes from. */
export type KeySource = { readonly text: string } | { readonly file: string };

/** The installation key: given as text (at least 32 characters) or in a file; null for none. Throws `FairleadError` `usage`. */
export async function installationKey(source: KeySource | null): Promise<Uint8Array | null> {
  if (source === null) return null;
  const text = 'text' in source ? source.text : await keyFile(source.file);
  if (text.trim().length >= 32) return createHash('sha256').update(text.trim()).digest();
  throw new FairleadError({
    code: 'usage',
    subject: 'FAIRLEAD_KEY',
    message: 'the installation key has fewer than 32 characters',
    remedy: 'Make one with `openssl rand -hex 32`.',
  });
}

async function keyFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new FairleadError({
      code: 'usage',
      subject: file,
      message: `the key file ${file} cannot be read`,
      remedy: 'Check FAIRLEAD_KEY_FILE.',
      cause,
    });
  }
}

/** The key `serve` makes once and keeps, readable by its owner only. */
export async function ownKey(dataDir: string): Promise<Uint8Array> {
  const file = join(dataDir, 'key');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await writeFile(file, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
  return createHash('sha256')
    .update((await keyFile(file)).trim())
    .digest();
}
