import { readFile } from 'node:fs/promises';
import { FairleadError } from '../model/error.ts';
import type { CommandContext } from './context.ts';

/** The PostgreSQL database of DATABASE_URL, or of the file DATABASE_URL_FILE names; null for neither. Throws `FairleadError` `usage`. */
export async function databaseUrl(environment: CommandContext['environment']): Promise<string | null> {
  const { DATABASE_URL: text = '', DATABASE_URL_FILE: file = '' } = environment;
  if (text.trim() !== '') return text.trim();
  if (file === '') return null;
  const kept = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw unusable(file, `the file ${file} with the database's address cannot be read`, cause);
  });
  if (kept.trim() !== '') return kept.trim();
  throw unusable(file, `the file ${file} is to hold the database's address, and is empty`);
}

function unusable(subject: string, message: string, cause?: unknown): FairleadError {
  return new FairleadError({ code: 'usage', subject, message, remedy: 'Check DATABASE_URL_FILE.', cause });
}
