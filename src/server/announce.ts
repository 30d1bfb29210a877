import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A token for the API of one run of the server: 32 random bytes. */
export function createToken(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * Tells programs that can read the data folder where the server listens (`server.json`) and what to show it (`api-token`), both
 * readable by their owner only. A token the server was given (null here) is not kept there: who asks was given it too. Gives what
 * takes both away again when the server stops.
 */
export async function announce(
  dataDir: string,
  { url, token }: { readonly url: string; readonly token: string | null },
): Promise<() => Promise<void>> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const [place, secret] = [join(dataDir, 'server.json'), join(dataDir, 'api-token')];
  await (token === null ? rm(secret, { force: true }) : put(secret, `${token}\n`));
  await put(place, `${JSON.stringify({ url: reachable(url), pid: process.pid })}\n`);
  return async () => {
    await Promise.all([place, secret].map((file) => rm(file, { force: true })));
  };
}

/** Appears as a whole, and never with the rights of a file that stood there before. */
async function put(file: string, text: string): Promise<void> {
  const draft = `${file}.new`;
  await rm(draft, { force: true });
  await writeFile(draft, text, { mode: 0o600, flag: 'wx' });
  await rename(draft, file);
}

/** Who listens on every address is reached on this machine's own. */
function reachable(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
}
