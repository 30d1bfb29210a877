import { FairleadError } from '../../model/error.ts';
import type { Tree } from '../../model/tree.ts';
import { type TreeFiles, treeFiles } from '../../tools/tree-files.ts';
import { linkRefusal } from './refuse.ts';

/** A file under the path a chart reaches it by, links followed. */
export interface ChartFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What to read, relative to the repository root: folders with all below them, and single files. */
export interface ChartPaths {
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

/** Helm itself loads at most 100 MiB of a chart, as one process for one chart. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_FILES = 20_000;

/**
 * Reads charts and values files out of a tree. A single file that is not there is left out: Helm then says so. Throws
 * `FairleadError` `refused` for a link that leaves the repository or turns in a circle, `render-failed` for a link to nothing
 * and for more than a chart may have.
 */
export async function readChartFiles(
  tree: Tree,
  paths: ChartPaths,
  signal: AbortSignal,
): Promise<readonly ChartFile[]> {
  const walk: Walk = { index: treeFiles(tree), found: new Map(), signal };
  for (const folder of paths.folders) await addPath(walk, folder, []);
  for (const file of paths.files) {
    const { kind } = await walk.index.resolve(file, signal);
    if (kind !== 'missing') await addPath(walk, file, []);
  }
  const real = new Set(walk.found.values());
  checkSize(tree, real, paths.folders[0] ?? '');
  const contents = await tree.read([...real], signal);
  return [...walk.found].map(([path, from]) => ({ path, bytes: contents.get(from) ?? new Uint8Array() }));
}

interface Walk {
  readonly index: TreeFiles;
  /** Path as the chart sees it -> path of the blob. */
  readonly found: Map<string, string>;
  readonly signal: AbortSignal;
}

async function addPath(walk: Walk, path: string, above: readonly string[]): Promise<void> {
  const place = await walk.index.resolve(path, walk.signal);
  switch (place.kind) {
    case 'file':
      walk.found.set(path, place.path);
      if (walk.found.size > MAX_FILES) throw tooMuch(path, `more than ${MAX_FILES} files`);
      return;
    case 'folder':
      if (above.includes(place.path)) throw linkRefusal(path);
      for (const name of walk.index.list(place.path)) {
        await addPath(walk, path === '' ? name : `${path}/${name}`, [...above, place.path]);
      }
      return;
    case 'outside':
      throw linkRefusal(path);
    case 'missing':
      throw missingError(path);
    case 'submodule':
      return; // Helm sees an empty folder, as in a checkout without submodules.
    default:
      place satisfies never;
  }
}

function checkSize(tree: Tree, paths: ReadonlySet<string>, root: string): void {
  const total = tree.entries.reduce((sum, { path, size }) => (paths.has(path) ? sum + size : sum), 0);
  if (total > MAX_BYTES) throw tooMuch(root, `more than ${MAX_BYTES / 1024 / 1024} MiB`);
}

function missingError(path: string): FairleadError {
  return new FairleadError({
    code: 'render-failed',
    message: `${path} is not in the repository.`,
    subject: path,
    remedy: 'Name a folder or file of the repository; commit what a link points to.',
  });
}

function tooMuch(path: string, what: string): FairleadError {
  return new FairleadError({
    code: 'render-failed',
    message: `The chart in ${path || 'the repository root'} has ${what}, which is more than is read for one chart.`,
    subject: path,
    remedy: 'Keep other files out of the chart folder.',
  });
}
