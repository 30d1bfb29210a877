import type { RendererName } from '../../model/target.ts';
import type { Tree } from '../../model/tree.ts';

/** More changed files, or larger ones, are not looked into. */
const most = { files: 50, bytes: 128 * 1024 };

/**
 * The kinds that changed files write down, where only plain manifests are rendered: what a change brings there stands in its files. null
 * where it cannot be told by a look.
 */
export async function likelyKinds(
  { changedFiles, tree, names }: LikelyQuestion,
  signal: AbortSignal,
): Promise<ReadonlySet<string> | null> {
  if ([...names].some((name) => name !== 'plain')) return null;
  const changed = new Set(changedFiles.filter((path) => /\.(?:ya?ml|json)$/.test(path)));
  const entries = tree.entries.filter(({ path }) => changed.has(path));
  if (entries.length > most.files || entries.some(({ size }) => size > most.bytes)) return null;
  const contents = await tree.read(
    entries.map(({ path }) => path),
    signal,
  );
  const texts = [...contents.values()].map((bytes) => Buffer.from(bytes).toString('utf8'));
  return new Set(
    texts.flatMap((text) => [...text.matchAll(/["']?kind["']?\s*:\s*["']?(\w+)/g)].map(([, kind = '']) => kind)),
  );
}

/** What is looked at. */
export interface LikelyQuestion {
  readonly changedFiles: readonly string[];
  readonly tree: Pick<Tree, 'entries' | 'read'>;
  /** The renderers that are needed. */
  readonly names: ReadonlySet<RendererName>;
}
