import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { isolatedGit } from '../git-http.ts';

/** What a GitRepository refers to: a full ref, or a commit. */
export interface GitReference {
  /** Such as `refs/heads/main` or `refs/tags/v1`. */
  readonly ref: string;
  /** How the revision begins: `main`, `v1`, the full name of a ref, or '' for a commit alone. */
  readonly label: string;
  readonly commit: string | null;
}

/** Fetches over Git into a bare repository below a folder, and gives the commit. Throws with Git's own words. */
export async function fetchCommit(folder: string, url: string, reference: GitReference): Promise<string> {
  const mirror = join(folder, 'mirror.git');
  await runGit(['init', '--quiet', '--bare', mirror]);
  const { ref, commit } = reference;
  await runGit(['-C', mirror, 'fetch', '--quiet', '--no-tags', url, `+${ref}:${ref}`]);
  const found = await runGit(['-C', mirror, 'rev-parse', '--verify', '--quiet', `${commit ?? ref}^{commit}`]);
  return found.toString().trim();
}

/** The files of a commit as source-controller serves them: a gzipped tar. */
export function archiveCommit(folder: string, commit: string): Promise<Buffer> {
  return runGit(['-C', join(folder, 'mirror.git'), 'archive', '--format=tar.gz', commit]);
}

function runGit(args: readonly string[]): Promise<Buffer> {
  const child = spawn('env', [...isolatedGit, 'git', ...args], { stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
  const [output, errors]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(output));
      else reject(new Error(Buffer.concat(errors).toString().trim() || `git ended with ${code}`));
    });
  });
}
