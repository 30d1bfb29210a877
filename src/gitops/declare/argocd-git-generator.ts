import { compileGlob, doubleStar, type Matcher, pathMatch, pathspec } from '../../formats/argocd/glob.ts';
import { normalizeName } from '../../formats/argocd/go-text.ts';
import type { Parameters } from '../../formats/argocd/parameters.ts';
import { isJsonList, isJsonObject, type JsonObject } from '../../model/json.ts';
import type { Tree } from '../../model/tree.ts';
import { joinPath } from '../../tools/tree-files.ts';
import { refused, unknown } from './argocd-fault.ts';
import { fileParameters } from './argocd-git-files.ts';
import { type GeneratorContext, withValues } from './argocd-values.ts';

/** Parameters of the folders or files a generator names (Argo CD 3.5, applicationset/generators/git.go). */
export async function gitParameters(
  generator: JsonObject,
  pointer: string,
  context: GeneratorContext,
): Promise<readonly Parameters[]> {
  const [url, revision] = [textAt(generator, 'repoURL'), textAt(generator, 'revision')];
  const [folders, files] = [itemsAt(generator, 'directories'), itemsAt(generator, 'files')];
  if (folders.length === 0 && files.length === 0) throw refused(pointer, 'ApplicationSet is empty');
  const tree = await context.world.fetchTree({ url, revision }, context.signal);
  if (tree === null) {
    throw unknown(pointer, `the Git generator reads ${url} at ${revision || 'HEAD'}, which is not at hand here`);
  }
  const prefix = textAt(generator, 'pathParamPrefix');
  const sets =
    folders.length > 0
      ? selectFolders(tree, folders).map((path) => pathParameters({ path, file: null, prefix }, context))
      : await parametersOfFiles({ tree, files, prefix, url, pointer }, context);
  return withValues(sets, generator['values'], context);
}

/** Every folder of a tree that is named, hidden ones never. */
function selectFolders(tree: Tree, items: readonly JsonObject[]): readonly string[] {
  const all = new Set(tree.entries.flatMap(({ path, mode }) => foldersAbove(mode === '160000' ? `${path}/` : path)));
  const isChosen = choose(items, (pattern) => compileGlob(pattern, pathMatch));
  return [...all].filter(isChosen).sort();
}

/** The folders of a path, the outermost first, up to a hidden one. */
function foldersAbove(path: string): readonly string[] {
  const segments = path.split('/').slice(0, -1);
  const hidden = segments.findIndex((segment) => segment.startsWith('.'));
  const seen = hidden === -1 ? segments : segments.slice(0, hidden);
  return seen.map((_, index) => seen.slice(0, index + 1).join('/'));
}

interface FilesOfGenerator {
  readonly tree: Tree;
  readonly files: readonly JsonObject[];
  readonly prefix: string;
  readonly url: string;
  readonly pointer: string;
}

async function parametersOfFiles(
  { tree, files, prefix, url, pointer }: FilesOfGenerator,
  context: GeneratorContext,
): Promise<readonly Parameters[]> {
  const { fileGlobbing, maxApplications } = context.world;
  const isChosen = choose(files, fileGlobbing === 'pathspec' ? compilePathspec : (one) => compileGlob(one, doubleStar));
  const paths = tree.entries.filter(({ mode, path }) => mode !== '160000' && isChosen(path)).map(({ path }) => path);
  if (paths.length > maxApplications) {
    throw unknown(pointer, `the Git generator finds ${paths.length} files; ${maxApplications} are read at most`);
  }
  const found = await fileParameters({ tree, paths, url, pointer }, context);
  return found.map(({ path, parameters }) => ({
    ...parameters,
    ...pathParameters({ path: folderOf(path), file: baseOf(path), prefix }, context),
  }));
}

/** Tells what is named and not named to be left out; a pattern that is none names nothing. */
function choose(items: readonly JsonObject[], compile: (pattern: string) => Matcher | null): Matcher {
  const matchers = (isExcluded: boolean) =>
    items
      .filter(({ exclude }) => (exclude === true) === isExcluded)
      .flatMap((item) => compile(textAt(item, 'path')) ?? []);
  const [included, excluded] = [matchers(false), matchers(true)];
  return (path) => included.some((matches) => matches(path)) && !excluded.some((matches) => matches(path));
}

/** Git's rule: the path itself, all below it, or a pattern whose star crosses folders. */
function compilePathspec(pattern: string): Matcher | null {
  const plain = joinPath('', pattern);
  if (plain === null) return null;
  const matches = compileGlob(plain, pathspec);
  return (path) => path === plain || plain === '' || path.startsWith(`${plain}/`) || matches?.(path) === true;
}

interface PathFacts {
  /** `.` for the root, as Go has it. */
  readonly path: string;
  readonly file: string | null;
  readonly prefix: string;
}

function pathParameters({ path, file, prefix }: PathFacts, { usesGoTemplate }: GeneratorContext): Parameters {
  const basename = baseOf(path);
  const names = {
    basename,
    basenameNormalized: normalizeName(basename),
    ...(file === null ? {} : { filename: file, filenameNormalized: normalizeName(file) }),
  };
  const segments = path.split('/');
  if (usesGoTemplate) {
    const facts = { path, ...names, segments };
    return prefix === '' ? { path: facts } : { [prefix]: { path: facts } };
  }
  const name = prefix === '' ? 'path' : `${prefix}.path`;
  return Object.fromEntries([
    [name, path],
    ...Object.entries(names).map(([key, value]) => [`${name}.${key}`, value]),
    ...segments.map((segment, index) => [`${name}[${index}]`, segment]),
  ]);
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '.' : path.slice(0, slash);
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function textAt(object: JsonObject, key: string): string {
  const value = object[key];
  return typeof value === 'string' ? value : '';
}

function itemsAt(object: JsonObject, key: string): readonly JsonObject[] {
  const list = object[key];
  return isJsonList(list) ? list.filter(isJsonObject) : [];
}
