import type { DirectoryOptions } from '../../model/declared.ts';
import { anyText, compileGlob } from './glob.ts';

/** Text that keeps a file of a directory from being rendered, wherever it stands in it. */
export const skipMarker = '+argocd:skip-file-rendering';

/**
 * Which files of a directory Argo CD takes, by their path below it: those with an ending of manifests, `jsonnet` included, that
 * are not excluded and, where something is included, are (Argo CD 3.5, reposerver/repository `getPotentiallyValidManifestFile`).
 * A pattern that is none matches nothing, but braces that are not closed end with it (gobwas/glob).
 */
export function directoryFilter({ recurse, include, exclude }: DirectoryOptions): (path: string) => boolean {
  const matcher = (pattern: string) => compileGlob(closed(pattern), anyText) ?? (() => false);
  const isIncluded = include === '' ? () => true : matcher(include);
  const isExcluded = exclude === '' ? () => false : matcher(exclude);
  return (path) => {
    const isManifest = /\.(?:yaml|yml|json|jsonnet)$/.test(path) && (recurse || !path.includes('/'));
    return isManifest && !isExcluded(path) && isIncluded(path);
  };
}

function closed(pattern: string): string {
  const braces = pattern.replace(/\\./g, '').replace(/[^{}]/g, '');
  const depth = [...braces].reduce((open, brace) => (brace === '{' ? open + 1 : Math.max(open - 1, 0)), 0);
  return depth > maxDepth ? pattern : pattern + '}'.repeat(depth);
}

/** Deeper ones have more alternatives than are followed. */
const maxDepth = 256;
