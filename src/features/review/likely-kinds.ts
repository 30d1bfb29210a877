import type { RendererName } from '../../model/target.ts';
import type { Tree } from '../../model/tree.ts';

/** More changed files, or larger ones, are not looked into. */
const most = { files: 200, bytes: 128 * 1024 };

/**
 * The kinds that a change writes down, where only plain manifests are rendered: what it brings there stands in documents of its files
 * that the base does not have in them. null where it cannot be told by a look.
 */
export async function likelyKinds(
  { changedFiles, base, tree, names }: LikelyQuestion,
  signal: AbortSignal,
): Promise<ReadonlySet<string> | null> {
  if ([...names].some((name) => name !== 'plain')) return null;
  const changed = new Set(changedFiles.filter((path) => /\.(?:ya?ml|json)$/.test(path)));
  const [before, after] = await Promise.all([documentsOf(base, changed, signal), documentsOf(tree, changed, signal)]);
  if (before === null || after === null) return null;
  const known = new Set(before);
  return new Set(after.filter((text) => !known.has(text)).flatMap(kindsIn));
}

/** null where they are too many or too large. */
async function documentsOf(
  tree: LikelyQuestion['tree'],
  changed: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  const entries = tree.entries.filter(({ path }) => changed.has(path));
  if (entries.length > most.files || entries.some(({ size }) => size > most.bytes)) return null;
  const contents = await tree.read(
    entries.map(({ path }) => path),
    signal,
  );
  return [...contents.values()].flatMap((bytes) => Buffer.from(bytes).toString('utf8').split(/^---/m));
}

function kindsIn(text: string): readonly string[] {
  return [...text.matchAll(/["']?kind["']?\s*:\s*["']?(\w+)/g)].map(([, kind = '']) => kind);
}

/** What is looked at. */
export interface LikelyQuestion {
  readonly changedFiles: readonly string[];
  readonly base: Pick<Tree, 'entries' | 'read'>;
  /** As it would be merged. */
  readonly tree: Pick<Tree, 'entries' | 'read'>;
  /** The renderers that are needed. */
  readonly names: ReadonlySet<RendererName>;
}
