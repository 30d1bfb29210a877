import { createHash } from 'node:crypto';
import { FairleadError } from '../../../model/error.ts';
import type { Tree, TreeEntry } from '../../../model/tree.ts';

/** A file of an archive, or a link, whose content is its target. */
export interface ContentFile {
  readonly mode: '100644' | '100755' | '120000';
  readonly bytes: Uint8Array;
}

/** A tree of files held in memory. Their ids are those Git would give them, so that equal files are seen as equal everywhere. */
export function contentTree(id: string, files: ReadonlyMap<string, ContentFile>): Tree {
  const entries = [...files].map(
    ([path, { mode, bytes }]): TreeEntry => ({ path, mode, oid: blobId(bytes), size: bytes.length }),
  );
  return {
    id,
    entries: entries.sort((one, other) => (one.path < other.path ? -1 : 1)),
    read: async (paths) => new Map(paths.map((path) => [path, files.get(path)?.bytes ?? fileMissing(id, path)])),
  };
}

function blobId(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

function fileMissing(id: string, path: string): never {
  throw new FairleadError({
    code: 'file-missing',
    message: `${path} is no file of ${id}.`,
    subject: path,
    remedy: 'Check the path.',
  });
}
