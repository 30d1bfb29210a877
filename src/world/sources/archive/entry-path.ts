/** How the files of an archive lie. */
export type Layout =
  /** A chart: everything in one folder, which becomes the root; `\` of archives made on Windows is `/`, as Helm has it. */
  | 'chart'
  /** An artifact: as it is, without links. */
  | 'artifact'
  /** A commit: as it is; links stay what they are. */
  | 'commit';

/** Whether a value read from disk is a layout. */
export function isLayout(value: unknown): value is Layout {
  return value === 'chart' || value === 'artifact' || value === 'commit';
}

/** Where an entry of an archive belongs, or why it is refused. `path` is '' for the root itself. */
export type EntryPath = { readonly path: string } | { readonly refused: string };

/** Most characters of a path, as PATH_MAX has it. */
const longest = 4096;

/** Judges the name of an entry: it must stay below the root, on every system. */
export function entryPath(name: string, layout: Layout): EntryPath {
  const slashed = layout === 'chart' ? name.replaceAll('\\', '/') : name;
  const fault = faultOf(slashed);
  if (fault !== null) return { refused: fault };
  const parts = slashed.split('/').filter((part) => part !== '' && part !== '.');
  return { path: (layout === 'chart' ? parts.slice(1) : parts).join('/') };
}

function faultOf(name: string): string | null {
  if (name.length > longest) return `has a name of more than ${longest} characters`;
  if (name.includes('\uFFFD')) return 'has a name that is no UTF-8';
  if (/[\x00-\x1f\x7f]/.test(name)) return 'has control characters in its name';
  if (name.startsWith('/') || /^[A-Za-z]:[/\\]/.test(name)) return 'has an absolute path';
  return name.split('/').includes('..') ? 'leads out of the archive' : null;
}
