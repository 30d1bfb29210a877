import type { DirectoryOptions } from '../../model/declared.ts';
import { anyText, compileGlob } from './glob.ts';

/** Text that keeps a file of a directory from being rendered, wherever it stands in it. */
export const skipMarker = '+argocd:skip-file-rendering';

/**
 * Which files of a directory Argo CD takes, by their path below it: those with an ending of manifests, `jsonnet` included, that
 * are not excluded and, where something is included, are (Argo CD 3.5, reposerver/repository `getPotentiallyValidManifestFile`).
 * A pattern that is none matches nothing.
 */
export function directoryFilter({ recurse, include, exclude }: DirectoryOptions): (path: string) => boolean {
  const isIncluded = include === '' ? () => true : (compileGlob(include, anyText) ?? (() => false));
  const isExcluded = exclude === '' ? () => false : (compileGlob(exclude, anyText) ?? (() => false));
  return (path) => {
    const isManifest = /\.(?:yaml|yml|json|jsonnet)$/.test(path) && (recurse || !path.includes('/'));
    return isManifest && !isExcluded(path) && isIncluded(path);
  };
}
