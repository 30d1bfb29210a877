import { open, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { FairleadError } from '../model/error.ts';
import { configFile } from '../world/config/problem.ts';

/** The file of settings a command works on. */
export interface ConfigFile {
  /** As people are told: relative to the folder the command works in. */
  readonly name: string;
  /** null where there is none. */
  readonly bytes: Uint8Array | null;
}

/**
 * Reads the named file, or `.fairlead.yaml` of the named folder or the nearest folder above it, up to the repository's root.
 * Throws `FairleadError` code `path-missing` for a path that is not there.
 */
export async function readConfigFile(path: string, cwd: string): Promise<ConfigFile> {
  const full = resolve(cwd, path);
  const facts = await stat(full).catch(() => null);
  if (facts?.isDirectory() === true) return nearestAbove(full, cwd);
  if (facts?.isFile() === true) return { name: nameFrom(cwd, full), bytes: await contentOf(full, path) };
  throw missing(path);
}

/** Reads a file that was named itself. Throws `FairleadError` code `path-missing` for one that is not there. */
export async function readNamedFile(path: string, cwd: string): Promise<ConfigFile> {
  const full = resolve(cwd, path);
  const facts = await stat(full).catch(() => null);
  if (facts?.isFile() === true) return { name: nameFrom(cwd, full), bytes: await contentOf(full, path) };
  throw new FairleadError({
    code: 'path-missing',
    message: `${path} cannot be read`,
    subject: path,
    remedy: 'Name the YAML file of the server.',
  });
}

async function nearestAbove(folder: string, cwd: string): Promise<ConfigFile> {
  const file = join(folder, configFile);
  const facts = await stat(file).catch(() => null);
  if (facts?.isFile() === true) return { name: nameFrom(cwd, file), bytes: await contentOf(file, file) };
  const isRoot = (await stat(join(folder, '.git')).catch(() => null)) !== null || dirname(folder) === folder;
  return isRoot ? { name: configFile, bytes: null } : nearestAbove(dirname(folder), cwd);
}

/** One byte more than is allowed is enough to refuse the file. */
async function contentOf(file: string, path: string): Promise<Uint8Array> {
  const handle = await open(file).catch(() => {
    throw missing(path);
  });
  try {
    const buffer = Buffer.alloc(256 * 1024 + 1);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function nameFrom(cwd: string, file: string): string {
  return relative(cwd, file) || configFile;
}

function missing(path: string): FairleadError {
  return new FairleadError({
    code: 'path-missing',
    message: `${path} cannot be read`,
    subject: path,
    remedy: `Name ${configFile}, or a folder of the repository.`,
  });
}
