import { createHash } from 'node:crypto';
import { stringifyJson } from '../../formats/json.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Tree, TreeEntry } from '../../model/tree.ts';

/** Objects as one file of manifests. */
export function manifestText(objects: readonly JsonObject[]): string {
  return objects.map((object) => `${stringifyJson(object)}\n`).join('---\n');
}

/** A tree of texts; `what` begins its id, which its contents end. */
export function textTree(what: string, files: Readonly<Record<string, string>>): Tree {
  const contents = new Map(Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)]));
  const entries = [...contents].map(([path, bytes]): TreeEntry => {
    const oid = createHash('sha256').update(bytes).digest('hex');
    return { path, mode: '100644', oid, size: bytes.length };
  });
  return {
    id: `${what}:${entries.map(({ oid }) => oid).join('+')}`,
    entries,
    read: async (paths) =>
      new Map(
        paths.flatMap((path) => {
          const bytes = contents.get(path);
          return bytes === undefined ? [] : [[path, bytes] as const];
        }),
      ),
  };
}
