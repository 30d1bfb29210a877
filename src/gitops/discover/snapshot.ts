import { decodeYaml, type YamlDocument } from '../../formats/yaml/decode.ts';
import { FairleadError } from '../../model/error.ts';
import type { Tree, TreeEntry } from '../../model/tree.ts';

/** A tree whose small, often read files are read in one go and decoded once. */
export interface Snapshot {
  readonly tree: Tree;
  /** Regular files outside ignored folders. */
  readonly files: readonly TreeEntry[];
  /** Symbolic links outside ignored folders. */
  readonly links: readonly TreeEntry[];
  has(path: string): boolean;
  /** Contents that are not kept. */
  readOnce(paths: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Documents of a file that was read before; throws `FairleadError` code `decode-failed`. */
  readYaml(input: { readonly file: string; readonly bytes: Uint8Array }): readonly YamlDocument[];
  /** The first document of a file, or null when it is missing or cannot be read: its reader will say why. */
  document(file: string, signal: AbortSignal): Promise<YamlDocument | null>;
}

/** Kustomizations and Chart.yaml files are small; what is larger is not one, or an attack. */
const limits = { bytes: 512 * 1024, nodes: 50_000, documents: 100 };

/** Opens a snapshot; `small` names the files that are read at once. */
export async function openSnapshot(
  tree: Tree,
  chosen: Pick<Snapshot, 'files' | 'links'> & { readonly small: readonly string[] },
  signal: AbortSignal,
): Promise<Snapshot> {
  const contents = new Map(await tree.read(chosen.small, signal));
  const documents = new Map<string, readonly YamlDocument[]>();
  const paths = new Set(tree.entries.map(({ path }) => path));
  const readYaml: Snapshot['readYaml'] = ({ file, bytes }) => {
    const known = documents.get(file) ?? decodeYaml({ file, bytes, limits });
    documents.set(file, known);
    return known;
  };
  const cached: Tree = {
    id: tree.id,
    entries: tree.entries,
    read: async (wanted, readSignal) => {
      const missing = wanted.filter((path) => !contents.has(path));
      for (const [path, bytes] of missing.length === 0 ? [] : await tree.read(missing, readSignal)) {
        contents.set(path, bytes);
      }
      return new Map(wanted.flatMap((path) => entryOf(contents, path)));
    },
  };
  return {
    tree: cached,
    files: chosen.files,
    links: chosen.links,
    readYaml,
    readOnce: (wanted, readSignal) => tree.read(wanted, readSignal),
    has: (path) => paths.has(path),
    document: async (file, readSignal) => {
      const bytes = paths.has(file) ? (await cached.read([file], readSignal)).get(file) : undefined;
      return bytes === undefined ? null : firstDocument(readYaml, { file, bytes });
    },
  };
}

function entryOf(contents: ReadonlyMap<string, Uint8Array>, path: string): readonly (readonly [string, Uint8Array])[] {
  const bytes = contents.get(path);
  return bytes === undefined ? [] : [[path, bytes]];
}

function firstDocument(
  readYaml: Snapshot['readYaml'],
  input: { readonly file: string; readonly bytes: Uint8Array },
): YamlDocument | null {
  try {
    return readYaml(input)[0] ?? null;
  } catch (fault) {
    if (!(fault instanceof FairleadError)) throw fault;
    return null;
  }
}
