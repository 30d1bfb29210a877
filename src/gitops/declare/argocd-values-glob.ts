import { compileGlob, pathMatch } from '../../formats/argocd/glob.ts';
import { expandBraces } from '../../formats/argocd/glob-braces.ts';
import type { Tree } from '../../model/tree.ts';
import { type TreeFiles, treeFiles } from '../../tools/tree-files.ts';

/** As many folders as a pattern may name. */
const maxSegments = 64;

/**
 * Files and folders of a tree that match a pattern, in the order in which bmatcuk/doublestar finds them: Helm merges values in it.
 * Each step takes the folders of the step before and in each what matches, by name; `**` is a folder, then all below it, one after
 * the other. Nothing matches a malformed pattern.
 */
export function globTree(tree: Tree, pattern: string): readonly string[] {
  return globIn(treeFiles(tree), [''], pattern);
}

function globIn(files: TreeFiles, folders: readonly string[], pattern: string): readonly string[] {
  const segments = segmentsOf(pattern).filter((segment, at, all) => segment !== '**' || all[at - 1] !== '**');
  if (segments.length > maxSegments) return [];
  let found = folders;
  for (const segment of segments) found = [...new Set(take(files, found, segment))];
  // A pattern that ends with `**` stands for the files of these folders too.
  return segments.at(-1) === '**' ? found.flatMap((folder) => [folder, ...step(files, [folder], '*')]) : found;
}

/** Cut at the slashes that stand in no braces. */
function segmentsOf(pattern: string): readonly string[] {
  const segments = [''];
  let depth = 0;
  for (const part of pattern.match(/\\.|./gs) ?? []) {
    depth += depthStep[part] ?? 0;
    const isCut = part === '/' && depth === 0;
    segments.push(isCut ? '' : `${segments.pop() ?? ''}${part}`);
  }
  return segments;
}

const depthStep: Readonly<Record<string, number>> = { '{': 1, '}': -1 };

function take(files: TreeFiles, folders: readonly string[], segment: string): readonly string[] {
  if (segment === '**') return folders.flatMap((folder) => foldersIn(files, folder));
  if (!segment.includes('/')) return step(files, folders, segment);
  const alternatives = expandBraces(segment) ?? [];
  return folders.flatMap((folder) => alternatives.flatMap((one) => globIn(files, [folder], one)).sort());
}

function step(files: TreeFiles, folders: readonly string[], segment: string): readonly string[] {
  const matches = compileGlob(segment, { ...pathMatch, hasBraces: true }) ?? (() => false);
  return folders.flatMap((folder) => {
    const names = [...files.list(folder)].sort();
    return names.filter(matches).map((name) => inside(folder, name));
  });
}

/** The folder itself, and those below it. */
function foldersIn(files: TreeFiles, folder: string): readonly string[] {
  const found: string[] = [];
  const waiting = [folder];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    found.push(one);
    const below = [...files.list(one)].sort().map((name) => inside(one ?? '', name));
    waiting.push(...below.filter((path) => files.list(path).length > 0).reverse());
  }
  return found;
}

function inside(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
