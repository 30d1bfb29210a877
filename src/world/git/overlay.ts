import type { Tree, TreeEntry } from '../../model/tree.ts';

/** A tree with some more files laid over it; they win over files of the same path. */
export function overlayTree(tree: Tree, files: ReadonlyMap<string, Uint8Array>): Tree {
  const added = [...files].map(
    ([path, bytes]): TreeEntry => ({ path, mode: '100644', oid: `overlay:${path}`, size: bytes.length }),
  );
  const entries = [...tree.entries.filter((entry) => !files.has(entry.path)), ...added];
  return {
    id: tree.id,
    entries: entries.sort((one, other) => (one.path < other.path ? -1 : 1)),
    read: async (paths, signal) => {
      const below = await tree.read(
        paths.filter((path) => !files.has(path)),
        signal,
      );
      const laid = paths.flatMap((path) => {
        const bytes = files.get(path);
        return bytes === undefined ? [] : [[path, bytes] as const];
      });
      return new Map([...below, ...laid]);
    },
  };
}
