import { readFile } from 'node:fs/promises';
import { FairleadError } from '../model/error.ts';

/** The PEM text of authorities that an option of the file names. Throws `FairleadError` `usage`. */
export async function authorityOf(file: string, option: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new FairleadError({
    code: 'usage',
    subject: option,
    message: `${option} names ${file}, which is no readable PEM file with a certificate`,
    remedy: 'Name a PEM file that this process may read.',
  });
}
