import { matchesGlob } from 'node:path/posix';
import { isSameRepository } from '../../formats/repository-url.ts';
import type { EngineWork } from '../engine.ts';
import { type AppSource, type ArgoApplication, trimPath } from './application.ts';

/** Paths an Application names itself, relative to its source's folder or, with a leading slash, to the repository. */
const pathsAnnotation = 'argocd.argoproj.io/manifest-generate-paths';

/** How surely a source is where the manifests of some work come from: `exact` when it names the folder, `around` when it covers it. */
export type SourceMatch = 'exact' | 'around';

/** What of some work decides which Applications carry it out. */
export type Wanted = Pick<EngineWork, 'urls' | 'root' | 'branch'>;

/**
 * How the sources of an Application match some work: the repository, the branch, and the folder itself; a folder above it that
 * is read with all its folders or that the annotation `manifest-generate-paths` widens to it; or value files in it that another
 * source takes. Null when none does.
 */
export function matchSources(app: ArgoApplication, wanted: Wanted): SourceMatch | null {
  const ours = app.sources.filter((source) => isOfBranch(source, wanted));
  if (ours.some((source) => source.path === trimPath(wanted.root))) return 'exact';
  return ours.some((source) => covers(app, source, trimPath(wanted.root))) ? 'around' : null;
}

/** Indexes of the sources whose revision is a commit of the work's branch. */
export function sourcesOfBranch(app: ArgoApplication, wanted: Pick<EngineWork, 'urls' | 'branch'>): readonly number[] {
  return app.sources.flatMap((source, index) => (isOfBranch(source, wanted) ? [index] : []));
}

/** Whether a source is of the work's repository, whatever branch it follows. */
export function isOfRepository(source: AppSource, urls: readonly string[]): boolean {
  return urls.some((url) => isSameRepository(url, source.repoUrl));
}

/** HEAD counts, because a deployed branch that is not the default one is named. */
function isOfBranch(source: AppSource, { urls, branch }: Pick<EngineWork, 'urls' | 'branch'>): boolean {
  const follows = ['', 'HEAD', branch, `refs/heads/${branch}`].includes(source.revision);
  return follows && isOfRepository(source, urls);
}

function covers(app: ArgoApplication, source: AppSource, root: string): boolean {
  if (takesValuesFrom(app, source, root)) return true;
  if (source.path === null) return false;
  const named = app.annotations.get(pathsAnnotation);
  if (named === undefined) return source.recurses && isWithin(root, source.path);
  const folder = source.path;
  return named.split(';').some((path) => path.trim() !== '' && holds(resolvePath(path.trim(), folder), root));
}

function takesValuesFrom(app: ArgoApplication, source: AppSource, root: string): boolean {
  if (source.ref === null || root === '') return false;
  const prefix = `$${source.ref}/`;
  const files = app.sources.flatMap(({ valueFiles }) => valueFiles).filter((file) => file.startsWith(prefix));
  return files.some((file) => isWithin(trimPath(file.slice(prefix.length)), root));
}

function holds(path: string, root: string): boolean {
  if (!/[*?[]/.test(path)) return isWithin(root, path);
  return matchesGlob(root, path) || matchesGlob(`${root}/any`, path);
}

function isWithin(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}

function resolvePath(path: string, folder: string): string {
  const resolved: string[] = path.startsWith('/') || folder === '' ? [] : folder.split('/');
  for (const segment of trimPath(path).split('/')) {
    if (segment === '..') resolved.pop();
    else if (segment !== '') resolved.push(segment);
  }
  return resolved.join('/');
}
