import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { pack as openPack } from 'tar-stream';
import type { ContentFile } from './content-tree.ts';

const deflate = promisify(gzip);

/** An archive of files that `unpack` reads as layout `commit`; equal files give equal bytes. */
export async function pack(files: ReadonlyMap<string, ContentFile>): Promise<Uint8Array> {
  const stream = openPack();
  const mtime = new Date(0);
  for (const [name, { mode, bytes }] of files) {
    if (mode === '120000') stream.entry({ name, mtime, type: 'symlink', linkname: Buffer.from(bytes).toString() });
    else stream.entry({ name, mtime, mode: mode === '100755' ? 0o755 : 0o644 }, Buffer.from(bytes));
  }
  stream.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer); // A pack gives nothing but bytes.
  return deflate(Buffer.concat(chunks), { level: 1 });
}
