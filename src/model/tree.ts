/** One entry of a Git tree. Symlinks are `120000` (their content is the target path), submodules `160000`. */
export interface TreeEntry {
  readonly path: string;
  readonly mode: '100644' | '100755' | '120000' | '160000';
  /** Names the content: Git's object id; in a folder, the file and its time of change. Equal ids, equal content. */
  readonly oid: string;
  /** Bytes. */
  readonly size: number;
}

/** The files of one commit (or folder), read as blobs. Nothing is ever checked out. */
export interface Tree {
  /** Commit or tree id, or the folder's name. */
  readonly id: string;
  /** All entries, sorted by path, `/`-separated, relative to the root. */
  readonly entries: readonly TreeEntry[];
  /**
   * Contents of the named files. Throws `FairleadError` code `file-missing` for a path that is not a blob, `file-too-large`
   * beyond the tree's size limit.
   */
  read(paths: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Uint8Array>>;
}
