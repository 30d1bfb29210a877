import { follows, isThisRepository } from '../../formats/repository-url.ts';
import type { TreeOrigin } from '../../model/declare.ts';
import type { SourceOrigin, SourcePlace } from '../../model/declared.ts';
import type { Tree } from '../../model/tree.ts';
import { treeFiles } from '../../tools/tree-files.ts';

/**
 * Where the files of a place are. In a repository whose addresses are not known, a folder that the tree has is taken for its own: it
 * is what people mean who try it on a copy.
 */
export function originOf(
  place: SourcePlace,
  tree: Tree,
  { own, lent }: Pick<TreeOrigin, 'own' | 'lent'>,
): SourceOrigin {
  if (place.kind !== 'git') return 'elsewhere';
  if (lent !== undefined && isThisRepository(place.url, lent.own.urls))
    return follows(place.revision, lent.own) ? 'lent' : 'elsewhere';
  if (own.urls.length === 0) return isFolder(tree, place.path) ? 'tree' : 'elsewhere';
  if (!isThisRepository(place.url, own.urls)) return 'elsewhere';
  return follows(place.revision, own) ? 'tree' : 'repository';
}

function isFolder(tree: Tree, path: string): boolean {
  return path === '' || path === '.' || treeFiles(tree).list(path).length > 0;
}
