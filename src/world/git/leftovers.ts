import { readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** What an older file must not be younger than; of this process, which has made none before it began. */
const begun = Date.now() - process.uptime() * 1000;

/**
 * Removes from a mirror what a git that was killed left: its locks, which would keep every later fetch from writing, and what it had
 * not finished receiving. Only what is older than this process: whoever opens a mirror is the only one that writes to it.
 */
export async function removeLeftovers(dir: string): Promise<void> {
  const files = await readdir(dir, { recursive: true }).catch(() => []);
  for (const file of files.filter(isLeftover)) {
    const path = join(dir, file);
    const facts = await stat(path).catch(() => null);
    if (facts !== null && facts.mtimeMs < begun) await rm(path, { recursive: true, force: true });
  }
}

/** Names git gives them: lockfile.h, and `odb_mkstemp` for packs, their indexes and loose objects. A branch is never called so. */
function isLeftover(file: string): boolean {
  return file.endsWith('.lock') || (file.startsWith('objects') && basename(file).startsWith('tmp_'));
}
