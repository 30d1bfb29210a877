import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { FairleadError } from '../../../model/error.ts';
import type { Tree } from '../../../model/tree.ts';
import { archiveRefused, tooLarge } from '../faults.ts';
import type { SourceLimits } from '../limits.ts';
import { type ContentFile, contentTree } from './content-tree.ts';
import { entryPath, type Layout } from './entry-path.ts';

/** An archive and how it is read. */
export interface Archive {
  /** What errors call it. */
  readonly name: string;
  /** A tar, or one in gzip. */
  readonly bytes: Uint8Array;
  readonly layout: Layout;
  readonly limits: Pick<SourceLimits, 'unpackedBytes' | 'files'>;
}

/**
 * The files of an archive, in memory: nothing is ever written, so a name cannot lead anywhere. What no honest archive holds is refused
 * rather than left out, since another program might take it. Throws `archive-refused`, `source-too-large`.
 */
export async function unpack(archive: Archive): Promise<Tree> {
  const { name, limits } = archive;
  const tar = await unzip(archive);
  const files = new Collected(archive);
  const stream = extract();
  stream.end(tar);
  try {
    for await (const entry of stream) {
      // Judged before its content is read: the size it claims counts too.
      const place = files.admit(entry.header);
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer); // It is given nothing but bytes.
      if (place !== null) files.add(place, entry.header, chunks);
    }
  } catch (fault) {
    if (fault instanceof FairleadError) throw fault;
    throw archiveRefused(name, null, 'is no whole tar archive', fault);
  }
  if (files.found.size === 0) throw archiveRefused(name, null, 'holds no files');
  if (files.found.size > limits.files) throw archiveRefused(name, null, `holds more than ${limits.files} files`);
  return contentTree(name, files.found);
}

const inflate = promisify(gunzip);

/** Bytes of headers and padding a file may cost in a tar. */
const overhead = 2048;

async function unzip({ name, bytes, limits }: Archive): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return await inflate(bytes, { maxOutputLength: limits.unpackedBytes + limits.files * overhead });
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(name, limits.unpackedBytes);
    throw archiveRefused(name, null, 'is no whole gzip file', fault);
  }
}

/** The files of one archive as they come. */
class Collected {
  readonly #archive: Archive;
  readonly found = new Map<string, ContentFile>();
  readonly #folders = new Set<string>();
  #bytes = 0;

  constructor(archive: Archive) {
    this.#archive = archive;
  }

  /** Where a file belongs; null for a folder. Throws `archive-refused`, `source-too-large`. */
  admit({ name, type, size, linkname }: Header): string | null {
    const { layout, limits } = this.#archive;
    const judged = entryPath(name, layout);
    if ('refused' in judged) throw this.#refuse(name, judged.refused);
    if (type === 'directory') return null;
    // Of a kind the library does not know it says null, whatever its types promise.
    if (!isTaken(type, layout)) throw this.#refuse(name, `is a ${type ?? 'thing of unknown kind'}${toward(linkname)}`);
    this.#bytes += size;
    if (!Number.isSafeInteger(size) || this.#bytes > limits.unpackedBytes)
      throw tooLarge(this.#archive.name, limits.unpackedBytes);
    if (judged.path === '') throw this.#refuse(name, 'lies outside the folder of the chart');
    if (this.found.size >= limits.files) throw this.#refuse(name, `is one file more than ${limits.files}`);
    this.#claim(judged.path, name);
    return judged.path;
  }

  add(path: string, { mode, type, linkname }: Header, chunks: readonly Buffer[]): void {
    if (type === 'symlink') this.found.set(path, { mode: '120000', bytes: Buffer.from(linkname) });
    else {
      this.found.set(path, { mode: (mode & 0o111) === 0 ? '100644' : '100755', bytes: Buffer.concat(chunks) });
    }
  }

  /** A path names one file, and never a folder too. */
  #claim(path: string, name: string): void {
    if (this.found.has(path) || this.#folders.has(path)) throw this.#refuse(name, 'is there twice');
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end);
      if (this.found.has(folder)) throw this.#refuse(name, `lies in ${folder}, which is a file`);
      if (this.#folders.has(folder)) break;
      this.#folders.add(folder);
    }
  }

  #refuse(entry: string, why: string): FairleadError {
    return archiveRefused(this.#archive.name, entry, why);
  }
}

function isTaken(type: Header['type'], layout: Layout): boolean {
  return type === 'file' || type === 'contiguous-file' || (type === 'symlink' && layout === 'commit');
}

function toward(linkname: string | null): string {
  return typeof linkname === 'string' && linkname !== '' ? ` to ${JSON.stringify(linkname.slice(0, 200))}` : '';
}
