import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FairleadError } from '../model/error.ts';
import { secretVariables } from '../world/config/server/server-reference.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Most bytes a file with a secret may hold. */
const largest = 64 * 1024;

/**
 * The environment with each secret variable that was given as `NAME_FILE` read from its file. Throws `FairleadError` `usage` for
 * a file that cannot be read, and for a variable that is given both ways.
 */
export async function withSecretFiles(environment: Environment, cwd: string): Promise<Environment> {
  const read = await Promise.all(
    secretVariables
      .filter((name) => isSet(environment[`${name}_FILE`]))
      .map(async (name) => [name, (await secretOf(name, environment, cwd)) ?? undefined] as const),
  );
  return { ...environment, ...Object.fromEntries(read) };
}

/**
 * The secret of one variable, or of the file its variant `NAME_FILE` names, from the folder `cwd`; null where neither is set. Throws
 * `FairleadError` `usage` as `withSecretFiles` does.
 */
export async function secretOf(name: string, environment: Environment, cwd: string): Promise<string | null> {
  const [given, file] = [environment[name], environment[`${name}_FILE`]];
  if (!isSet(file)) return isSet(given) ? given : null;
  if (isSet(given)) throw twice(name);
  return readSecretFile(resolve(cwd, file), `${name}_FILE`);
}

/** The secret a file holds, without the line end. `where` names the setting in errors. Throws `FairleadError` `usage`. */
export async function readSecretFile(path: string, where: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${cause.code ?? 'unknown'})`;
    throw broken(path, where, why);
  });
  if (text.length > largest) throw broken(path, where, `it holds more than ${largest} bytes`);
  const secret = text.replace(/\r?\n$/, '');
  if (secret.trim() === '') throw broken(path, where, 'it is empty');
  return secret;
}

function broken(path: string, where: string, why: string): FairleadError {
  return new FairleadError({
    code: 'usage',
    subject: where,
    message: `the secret file ${path} of ${where} is of no use: ${why}`,
    remedy: 'Name a file that this process may read and that holds nothing but the secret.',
  });
}

function twice(name: string): FairleadError {
  return new FairleadError({
    code: 'usage',
    subject: name,
    message: `${name} and ${name}_FILE are both set`,
    remedy: 'Keep one of the two.',
  });
}

/** Whether a variable holds anything. */
export function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
